"""From what a person types to hits: a code, or words; and the answer they get.

Words are tried strictly first. Only when that finds fewer than ENOUGH is there a relaxed pass
that forgives typing errors and missing words, and the answer says so.
"""

from dataclasses import asdict, dataclass

from django.utils.translation import gettext_noop as _

from micasillero.work import WorkError

from .engines import get_engine
from .engines.seam import Engine
from .intent import CodeIntent, Hit, TextIntent, intent_of

ENOUGH = 3
LONGEST_QUERY = 500
MOST_HITS = 100


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
