"""From what a person types to hits: a code, or words; and the answer they get.

A line need not have all the words, and a word that no line has is put right; where the best lines
are found only so, the answer says that they are near misses.
"""

from dataclasses import asdict, dataclass

from django.utils.translation import gettext_noop as _

from micasillero.work import WorkError

from .engines import get_engine
from .engines.seam import Engine
from .intent import CodeIntent, Hit, intent_of
from .ranking import must_match, spread
from .weighing import wanted

LONGEST_QUERY = 500
MOST_HITS = 100
# Hits asked for besides: lines of one subheading give way to those of others.
MORE_TO_SPREAD = 100


@dataclass(frozen=True)
class SearchAnswer:
    """The hits, best first. ``relaxed``: some do not match exactly what was asked."""

    query: str
    relaxed: bool
    hits: list[Hit]

    def as_json(self) -> dict:
        """The answer as the command and the API give it."""
        return asdict(self)


def search(text: str, k: int = 10, *, engine: Engine | None = None) -> SearchAnswer:
    """The best ``k`` lines (1 to 100) for the text.

    Raises WorkError("no_index") before the first rebuild, WorkError("empty_query") without words,
    TryAgain while the engine is away.
    """
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
    return by_words(query, engine, engine.alias, k)


def by_words(query: str, engine: Engine, target: str, k: int) -> SearchAnswer:
    """The answer of one index to words. Raises as search."""
    asked = wanted(query, engine, target)
    if not asked.groups:
        return SearchAnswer(query, False, [])
    hits = engine.search(target, asked, k + MORE_TO_SPREAD)
    needed = must_match(len(asked.groups))
    missing = asked.changed or not engine.search(target, asked, 1, at_least=needed)
    return SearchAnswer(query, bool(hits) and missing, spread(hits, k))


def _by_code(engine: Engine, intent: CodeIntent, k: int) -> tuple[list[Hit], bool]:
    """The lines that begin with the digits, else with the heading above them."""
    digits = intent.digits
    while len(digits) >= 2:
        hits = engine.search(engine.alias, CodeIntent(digits), k)
        if hits or len(digits) <= 4:
            return hits, digits != intent.digits
        digits = digits[:-1] if len(digits) % 2 else digits[:-2]
    return [], False
