"""Would the search find a line by a suggested keyword, among the lines beside it?

Asked of the index, the answer would be worth nothing: a keyword is in no index before it is
approved, and a word that nobody knows yet finds nothing at all. So the few lines are put side by
side in memory, the keyword is given to its line, and the rules of the search (search.weighing,
search.ranking) decide. Words are weighed by how rare they are among these lines, which is what
tells them apart. It needs no engine, writes nothing and reads many lines at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, cast

from micasillero.analysis import phrase_key, terms
from micasillero.search.documents import Line, document
from micasillero.search.intent import Wanted
from micasillero.search.ranking import FIELD_WEIGHTS, PHRASE_WEIGHT
from micasillero.search.reading import some_lines
from micasillero.search.weighing import wanted

from .items import Item

SAME = 1e-9


class Trip(NamedTuple):
    """The line came in at ``rank`` (1 is first) among ``of`` lines, itself included. Lines with
    the same score count as before it."""

    rank: int
    of: int


class _Beside(NamedTuple):
    """A line in memory: by term, the weight of the best field that has it; its whole keywords."""

    weights: Mapping[str, float]
    phrases: frozenset[str]

    def given(self, keyword: str) -> "_Beside":
        """The line with one more keyword."""
        added = dict.fromkeys(terms(keyword), FIELD_WEIGHTS["keywords"])
        return _Beside({**self.weights, **added}, self.phrases | {phrase_key(keyword)})

    def score(self, asked: Wanted) -> float:
        """As an engine's (Engine.search)."""
        words = sum(
            max(weight * self.weights.get(term, 0.0) for term, weight in group.items())
            for group in asked.groups
        )
        named = (weight for key, weight in asked.phrases.items() if key in self.phrases)
        return words + PHRASE_WEIGHT * max(named, default=0.0)


class _Few:
    """As much of an index as weighing asks (weighing.Words), of a few lines."""

    def __init__(self, lines: Sequence[_Beside]) -> None:
        self._lines = lines

    def frequencies(self, target: str, terms: Sequence[str]) -> tuple[int, dict[str, int]]:
        having = {term: sum(term in line.weights for line in self._lines) for term in terms}
        return len(self._lines), having

    def alike(self, target: str, terms: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
        """Nothing: the line itself has every word of its keyword, written as it is."""
        return {}


class RoundTrip:
    """Callable: ``(item, keyword) -> Trip``. Holds the lines beside some items as they are now."""

    def __init__(self, lines: Mapping[int, _Beside]) -> None:
        self._lines = lines

    @classmethod
    def among(cls, items: Iterable[Item]) -> "RoundTrip":
        """Read what stands beside these items: a few queries for each 900 lines."""
        ids = sorted({pk for item in items for pk in item.beside})
        return cls({line.pk: _in_memory(line) for _ids, found in some_lines(ids) for line in found})

    def __call__(self, item: Item, keyword: str) -> Trip:
        others = [self._lines[pk] for pk in item.beside if pk != item.pk and pk in self._lines]
        own = self._lines.get(item.pk, _Beside({}, frozenset())).given(keyword)
        asked = wanted(keyword, _Few([own, *others]), "")
        reached = own.score(asked) - SAME
        return Trip(1 + sum(line.score(asked) >= reached for line in others), 1 + len(others))


def _in_memory(line: Line) -> _Beside:
    made = cast(dict[str, Sequence[str]], document(line))
    weights: dict[str, float] = {}
    for name, weight in sorted(FIELD_WEIGHTS.items(), key=lambda pair: pair[1]):
        found = (term for text in made[name] for term in terms(text))
        weights |= dict.fromkeys(found, weight)
    return _Beside(weights, frozenset(made["phrases"]))
