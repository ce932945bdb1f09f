"""From what a person types to hits: a code, or words; and the answer they get.

A line need not have all the words, and a word that no line has is put right; where the best lines
are found only so, the answer says that they are near misses.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext_noop as _

from micasillero.catalog.categories import reason_of
from micasillero.work import WorkError

from .engines import get_engine
from .engines.seam import Engine
from .intent import CodeIntent, Hit, intent_of
from .ranking import must_match, names_goods, spread
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
        # Their fields as they are: asdict would copy every value of every hit.
        return {**vars(self), "hits": [dict(vars(hit)) for hit in self.hits]}


def normalised(text: str) -> str:
    """The query that is asked for a text. Raises WorkError("empty_query") without words."""
    query = " ".join(text.split())[:LONGEST_QUERY]
    if not query:
        raise WorkError("empty_query", _("Write what you are looking for."))
    return query


def search(
    text: str,
    k: int = 10,
    *,
    category: str = "",
    engine: Engine | None = None,
    target: str = "",
) -> SearchAnswer:
    """The best ``k`` lines (1 to 100) for the text, of one courier category or (``""``) of all.

    They are those of the live index, or of ``target``, with reasons in the language in force.
    Raises WorkError("no_index") before the first rebuild, WorkError("empty_query") without words,
    TryAgain while the engine is away.
    """
    query = normalised(text)
    engine = engine or get_engine()
    target = target or engine.alias
    k = max(1, min(k, MOST_HITS))
    intent = intent_of(query)
    if isinstance(intent, CodeIntent):
        reached, hits = by_code(intent, engine, target, k, category)
        if hits:
            return SearchAnswer(query, reached != intent, _with_reasons(hits))
    answer = by_words(query, engine, target, k, category)
    return replace(answer, hits=_with_reasons(answer.hits))


def by_words(query: str, engine: Engine, target: str, k: int, category: str = "") -> SearchAnswer:
    """The answer of one index to words. Raises as search."""
    asked = wanted(query, engine, target)
    if not asked.groups:
        return SearchAnswer(query, False, [])
    hits = engine.search(target, asked, k + MORE_TO_SPREAD, category=category)
    # "MENS RUNNING SHOES SZ 10 BLK": no line has the size, and shoes are no near miss for that.
    goods = asked.only(names_goods)
    needed = must_match(len(goods.groups))
    missing = asked.changed or not engine.search(
        target, goods, 1, at_least=needed, category=category
    )
    return SearchAnswer(query, bool(hits) and missing, spread(hits, k))


def by_code(
    intent: CodeIntent, engine: Engine, target: str, k: int, category: str = ""
) -> tuple[CodeIntent, list[Hit]]:
    """The lines below the code, else below its subheading, else below its heading; and which of
    these it was. Without hits where there is no such heading either."""
    for wider in intent.wider():
        hits = engine.search(target, wider, k, category=category)
        if hits:
            return wider, hits
    return intent, []


def _with_reasons(hits: Sequence[Hit]) -> list[Hit]:
    return [
        replace(hit, reason=reason_of(hit.code, hit.courier_category, hit.reason)) for hit in hits
    ]
