"""What counts as personal data in a text, and how it is hidden."""

import pytest

from micasillero.personal import is_personal_data, redacted


@pytest.mark.parametrize(
    "text", ["ana.lopez@example.hn", "llamar al +504 9988-7766", "DNI 0801-1990-12345"]
)
def test_addresses_and_numbers_of_people_are_hidden(text):
    assert is_personal_data(text)
    assert not is_personal_data(redacted(text))


def test_what_stands_around_them_stays():
    assert redacted("tenis para ana@example.hn, talla 42") == "tenis para ••• talla 42"


@pytest.mark.parametrize("text", ["iphone 15 128 gb", "2 x 500 ml", "tv 55 pulgadas"])
def test_sizes_and_models_are_nobodys(text):
    assert not is_personal_data(text)
    assert redacted(text) == text
