"""Amounts as people and spreadsheets write them."""

import re
from decimal import Decimal

# 1234.5  1,234.50 (as Honduras writes it)  1.234,50  120,5 (a spreadsheet set to Spanish)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?", re.ASCII)
_PLAIN = re.compile(r"\d+(?:\.\d{1,2})?", re.ASCII)
_COMMA = re.compile(r"(?:\d+|\d{1,3}(?:\.\d{3})+),\d{1,2}", re.ASCII)
_SIGNS = re.compile(r"^(?:US\$|USD|HNL|Lps\.?|L\.?|\$)\s*|\s*(?:USD|HNL|Lps\.?)$", re.IGNORECASE)
MOST_DIGITS = 10


def amount(text: str) -> Decimal:
    """The amount, at most two decimals and less than ten thousand million.

    A comma before three digits separates thousands, before one or two it is a decimal comma.
    Currency signs are passed over. Raises ValueError for anything else.
    """
    bare = _SIGNS.sub("", text.strip()).replace("\N{NO-BREAK SPACE}", "")
    if _GROUPED.fullmatch(bare) or _PLAIN.fullmatch(bare):
        told = bare.replace(",", "")
    elif _COMMA.fullmatch(bare):
        told = bare.replace(".", "").replace(",", ".")
    else:
        raise ValueError(f"no amount: {text}")
    if len(told.partition(".")[0].lstrip("0")) > MOST_DIGITS:
        raise ValueError(f"too large: {text}")
    return Decimal(told)
