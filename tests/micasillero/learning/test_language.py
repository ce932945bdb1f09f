"""Spanish or English, as the words of the lexicon are."""

import pytest

from micasillero.learning.language import language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("zapatillas de lona", "es"),
        ("running shoes", "en"),
        ("shoes for kids", "en"),
        ("zapatos para niño", "es"),
        ("nike", "en"),
        ("qwertyuiop", "es"),
    ],
)
def test_the_language_is_that_of_its_words(text, language):
    assert language_of(text) == language
