"""Is it a code or are they words?"""

import pytest

from micasillero.search.intent import CodeIntent, TextIntent, intent_of


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("8517.13.00.00", "8517130000"),
        ("8517.13", "851713"),
        ("85171300", "85171300"),
        ("8517 13 00", "85171300"),
        ("8517-13", "851713"),
        ("8517", "8517"),
        ("85", "85"),
        ("851713000", "851713000"),
        ("partida 8517.13", "851713"),
        ("Código arancelario: 8517.13.00.00", "8517130000"),
        ("HS 8517", "8517"),
        ("capítulo 85", "85"),
        ("teléfono 8517.13.00", "85171300"),
    ],
)
def test_codes_in_any_spelling(text, digits):
    assert intent_of(text) == CodeIntent(digits)


@pytest.mark.parametrize(
    "text",
    ["220 v", "220", "2000 w", "1,500", "12 V", "3.5 mm", "8517130000123", "iphone 15", "5", "hs"],
)
def test_numbers_that_are_no_codes(text):
    assert isinstance(intent_of(text), TextIntent)
