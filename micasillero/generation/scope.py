"""Which lines a run of keyword generation works on."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from micasillero.catalog.models import PartidaArancelaria
from micasillero.keywords.models import Keyword


@dataclass(frozen=True)
class Scope:
    """Which lines: all, those of a chapter ("64"), or those that have no approved keyword."""

    chapter: str = ""
    missing: bool = False

    def lines(self, after: int = 0) -> QuerySet:
        """(id, code) of the lines, in the order of the id; of those after an id."""
        leaves = PartidaArancelaria.objects.leaves().filter(pk__gt=after)
        if self.chapter:
            leaves = leaves.filter(item_no__startswith=self.chapter)
        if self.missing:
            told = Keyword.objects.approved().filter(partida=OuterRef("pk"))
            leaves = leaves.filter(~Exists(told))
        return leaves.order_by("pk").values_list("pk", "item_no")
