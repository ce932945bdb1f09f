"""From what a person types to hits: a code, or words; and the answer they get.

Words are tried strictly first. Only when that finds fewer than ENOUGH is there a relaxed pass
that forgives typing errors and missing words, and the answer says so.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as _

from micasillero.work import WorkError

from .documents import digits_of

if TYPE_CHECKING:
    from .engines.seam import Engine

ENOUGH = 3
LONGEST_QUERY = 500
MOST_HITS = 100

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


Intent = CodeIntent | TextIntent


@dataclass(frozen=True)
class Hit:
    """One line found. ``rates`` are decimal fractions by tax."""

    code: str
    description: str
    score: float
    courier_category: str
    rates: dict[str, float]


@dataclass(frozen=True)
class SearchAnswer:
    """The hits, best first. ``relaxed``: some do not match exactly what was asked."""

    query: str
    relaxed: bool
    hits: list[Hit]

    def as_json(self) -> dict:
        """The answer as the command and the API give it."""
        return asdict(self)


def intent_of(text: str) -> Intent:
    """What the text asks for."""
    bare = _LABEL.sub("", text.strip()).strip()
    if _CODE.fullmatch(bare):
        return CodeIntent(digits_of(bare))
    dotted = _DOTTED.search(text)
    if dotted:
        return CodeIntent(digits_of(dotted.group()))
    return TextIntent(text)


def search(text: str, k: int = 10, *, engine: Engine | None = None) -> SearchAnswer:
    """The best ``k`` lines (1 to 100) for the text.

    Raises WorkError("no_index") before the first rebuild, WorkError("empty_query") without words,
    TryAgain while the engine is away.
    """
    from .engines import get_engine

    query = " ".join(text.split())[:LONGEST_QUERY]
    if not query:
        raise WorkError("empty_query", _("Write what you are looking for."))
    engine = engine or get_engine()
    k = max(1, min(k, MOST_HITS))
    intent = intent_of(query)
    if isinstance(intent, CodeIntent):
        hits, relaxed = _by_code(engine, intent, k)
        if hits:
            return SearchAnswer(query, relaxed, hits)
        intent = TextIntent(query)
    hits = engine.search(engine.alias, intent, k)
    if len(hits) >= min(ENOUGH, k):
        return SearchAnswer(query, False, hits)
    seen = {hit.code for hit in hits}
    more = engine.search(engine.alias, intent, k, relaxed=True)
    added = [hit for hit in more if hit.code not in seen][: k - len(hits)]
    return SearchAnswer(query, bool(added), hits + added)


def _by_code(engine: Engine, intent: CodeIntent, k: int) -> tuple[list[Hit], bool]:
    """The lines that begin with the digits, else with the heading above them."""
    digits = intent.digits
    while len(digits) >= 2:
        hits = engine.search(engine.alias, CodeIntent(digits), k)
        if hits or len(digits) <= 4:
            return hits, digits != intent.digits
        digits = digits[:-1] if len(digits) % 2 else digits[:-2]
    return [], False
