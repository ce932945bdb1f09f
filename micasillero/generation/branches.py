"""The headings around some lines, read whole and at once."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

from micasillero.catalog.models import PartidaArancelaria

# Databases limit the number of parameters of one statement; SQLite's old limit is 999.
PARAMETERS = 900
T = TypeVar("T")


class Place(NamedTuple):
    """A line of the tariff, branch or leaf, as read."""

    pk: int
    parent: int | None
    code: str
    text: str
    text_en: str
    is_leaf: bool


COLUMNS = ("pk", "parent_id", "item_no", "descripcion", "descripcion_en", "is_leaf")


class Branches:
    """The trees in which some lines stand. Two queries for each level of the tariff, and for each
    900 lines of a level, however many lines were asked for."""

    def __init__(self, ids: Iterable[int]) -> None:
        self.places: dict[int, Place] = {}
        self._below: dict[int, list[int]] = {}
        self._climb(set(ids))
        self._descend({pk for pk, place in self.places.items() if place.parent is None})

    def _climb(self, wanted: set[int]) -> None:
        while wanted:
            found = list(_read("pk__in", wanted))
            self.places.update((place.pk, place) for place in found)
            wanted = {p.parent for p in found if p.parent is not None} - self.places.keys()

    def _descend(self, above: set[int]) -> None:
        seen: set[int] = set()
        while above:
            seen |= above
            found = list(_read("parent_id__in", above))
            for place in found:
                self.places[place.pk] = place
                self._below.setdefault(place.parent or 0, []).append(place.pk)
            above = {place.pk for place in found if not place.is_leaf} - seen

    def above(self, pk: int) -> list[Place]:
        """The branches above a line, the heading first."""
        found: list[Place] = []
        parent = self.places[pk].parent
        # A circle that somebody made by hand must end; a missing one was deleted meanwhile.
        while parent in self.places and self.places[parent] not in found:
            found.append(self.places[parent])
            parent = self.places[parent].parent
        return found[::-1]

    def beside(self, place: Place) -> list[Place]:
        """What stands under the same parent, in the order of the code."""
        under = self._below.get(place.parent or 0, ())
        return sorted((self.places[pk] for pk in under if pk != place.pk), key=_code)

    def leaves_below(self, pk: int) -> list[int]:
        """The ids of the lines under a branch, at any depth."""
        found, waiting, seen = [], [pk], {pk}
        while waiting:
            for below in self._below.get(waiting.pop(), ()):
                if self.places[below].is_leaf:
                    found.append(below)
                elif below not in seen:
                    seen.add(below)
                    waiting.append(below)
        return sorted(found)


def _code(place: Place) -> str:
    return place.code


def portions(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in order, as many at a time as a statement may name."""
    waiting = iter(values)
    while part := list(islice(waiting, PARAMETERS)):
        yield part


def _read(column: str, values: Iterable[int]) -> Iterator[Place]:
    for part in portions(sorted(values)):
        chosen = PartidaArancelaria.objects.filter(**{column: part})
        yield from map(Place._make, chosen.order_by().values_list(*COLUMNS))
