"""Personal data in what people write: e-mail addresses, telephone and identity numbers."""

import re

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
# Eight digits or more, grouped or not: telephones, and the identity numbers of Honduras.
_PHONE = re.compile(r"\+?\d(?:[\s().-]*\d){7,}")
HIDDEN = "•••"


def is_personal_data(text: str) -> bool:
    """Does it hold an e-mail address, a telephone or an identity number?"""
    return bool(_EMAIL.search(text) or _PHONE.search(text))


def redacted(text: str) -> str:
    """The text with each of them replaced by HIDDEN."""
    # Most texts have neither: looked at before the slower search, for every event that comes in.
    if "@" in text:
        text = _EMAIL.sub(HIDDEN, text)
    return _PHONE.sub(HIDDEN, text)
