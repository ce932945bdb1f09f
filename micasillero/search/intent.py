"""What a query asks for, and what a hit is: the words that engines and callers share."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .documents import digits_of

# The whole query is digits in groups: "8517.13", "85171300", "8517 13 00", "8517-13".
_CODE = re.compile(r"\d{4}(?:[.\s-]*\d{1,2}){0,3}|\d{2}")
# With letters around it, only a dotted code is one: "220 v" and "2000 w" are not.
_DOTTED = re.compile(r"(?<![\d.,])\d{4}\.\d{2}(?:\.\d{2}){0,2}(?![\d,]|\.\d)")
_LABEL = re.compile(
    r"^(?:partida|subpartida|c[oó]digo|cap[ií]tulo|inciso|hs|sac|code|heading)\b[\s:.]*"
    r"(?:arancelaria?\b[\s:.]*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class CodeIntent:
    """The start of a code, digits only."""

    digits: str


@dataclass(frozen=True)
class TextIntent:
    """Words in Spanish or English."""

    text: str


@dataclass(frozen=True)
class Wanted:
    """Words, weighed for one index.

    ``groups``: for each word the terms that may stand for it, with their weights. ``phrases``:
    whole keywords that the words may name (analysis.phrase_key), with theirs. ``changed``: a word
    that the index does not know was put right or left out.
    """

    groups: tuple[Mapping[str, float], ...]
    phrases: Mapping[str, float]
    changed: bool


Asked = CodeIntent | TextIntent
Intent = CodeIntent | Wanted


@dataclass(frozen=True)
class Hit:
    """One line found. ``rates`` are decimal fractions by tax."""

    code: str
    description: str
    score: float
    courier_category: str
    rates: dict[str, float]


def intent_of(text: str) -> Asked:
    """What the text asks for."""
    bare = _LABEL.sub("", text.strip()).strip()
    if _CODE.fullmatch(bare):
        return CodeIntent(digits_of(bare))
    dotted = _DOTTED.search(text)
    if dotted:
        return CodeIntent(digits_of(dotted.group()))
    return TextIntent(text)
