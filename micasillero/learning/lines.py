"""The tariff lines that keywords are proposed for: what they say and are called already."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from micasillero.analysis import fold, phrase_key
from micasillero.catalog.ancestors import ancestor_texts
from micasillero.catalog.codes import dotted
from micasillero.catalog.models import PartidaArancelaria
from micasillero.keywords.models import Keyword, Status
from micasillero.search import wording

PART = 500
# Of two rows with the same words the first of these counts.
STRENGTH = (Status.REJECTED, Status.APPROVED, Status.PENDING, Status.SNOOZED)


@dataclass(frozen=True)
class Line:
    """``own`` are the stems of its texts and of those above it, ``keywords`` the rows it has, by
    their words in whatever form and order."""

    pk: int
    own: frozenset[str]
    keywords: dict[str, Keyword] = field(default_factory=dict)

    def says(self, text: str) -> bool:
        """Do all words of a text stand in the line's own?"""
        return not wording.added(self.own, text)


def key_of(text: str) -> str:
    """The same for two keywords that are found alike."""
    return phrase_key(text) or fold(text)


def lines_of(numbers: Iterable[str]) -> dict[str, Line]:
    """The lines that exist, by the digits of their codes; a few queries for each 500."""
    wanted, found = sorted({dotted(number): number for number in numbers}.items()), {}
    for start in range(0, len(wanted), PART):
        part = dict(wanted[start : start + PART])
        found.update(_read(part))
    return found


def _read(by_code: dict[str, str]) -> dict[str, Line]:
    leaves = PartidaArancelaria.objects.leaves().filter(item_no__in=by_code).order_by()
    rows = list(leaves.values_list("pk", "item_no", "descripcion", "descripcion_en"))
    above = ancestor_texts(pk for pk, *_texts in rows)
    lines = {
        pk: (by_code[code], Line(pk, wording.stems((*texts, *above[pk]))))
        for pk, code, *texts in rows
    }
    for keyword in Keyword.objects.filter(partida_id__in=lines).order_by("pk"):
        keywords = lines[keyword.partida_id][1].keywords
        key = key_of(keyword.text)
        before = keywords.get(key)
        if before is None or _strength(keyword) < _strength(before):
            keywords[key] = keyword
    return dict(lines.values())


def _strength(keyword: Keyword) -> int:
    return STRENGTH.index(Status(keyword.status))
