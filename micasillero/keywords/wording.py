"""How a keyword is written, whoever writes it."""

import unicodedata

MARKS = " .,;:'\"`´‘’“”«»¡!¿?*-_•–—"


def normalise(text: str) -> str:
    """As keywords are kept: NFC, lower case, single spaces, without marks around it."""
    flat = " ".join(unicodedata.normalize("NFC", text).lower().split())
    return flat.strip(MARKS)
