"""Amounts as people write them."""

from decimal import Decimal

import pytest

from micasillero.classification.amounts import amount


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("120", "120"), ("1234.5", "1234.5"), ("1,234.50", "1234.50"), ("12,345,678", "12345678"),
        ("1,234", "1234"), ("120,5", "120.5"), ("1.234,50", "1234.50"), (" 7 ", "7"), ("0", "0"),
        ("$120.00", "120.00"), ("US$ 1,200", "1200"), ("L. 350.25", "350.25"), ("Lps 10", "10"),
        ("99.90 USD", "99.90"), ("0000000000000012", "12"),
    ],
)  # fmt: skip
def test_what_is_an_amount(text, told):
    assert amount(text) == Decimal(told)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "-5", "1.234", "12,34,56", "1,23.4", "1e5", "NaN", "12.345,6789", "١٢٠", "5 6",
     "12345678901"],
)  # fmt: skip
def test_what_is_none(text):
    with pytest.raises(ValueError, match=r"amount|large"):
        amount(text)
