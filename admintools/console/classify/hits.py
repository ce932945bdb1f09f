"""What the search found, as the list shows it."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from admintools.jobs.texts import render
from micasillero.catalog.ancestors import ancestor_texts
from micasillero.catalog.models import PartidaArancelaria
from micasillero.catalog.values import RATE_FIELDS
from micasillero.search.query import SearchAnswer, search
from micasillero.work import TryAgain, WorkError

from .category import Category, category_of

HITS_SHOWN = 10


@dataclass(frozen=True)
class ShownHit:
    """``above`` are the texts over the line, the heading's first. ``address`` chooses it.
    ``rates``: (tax, decimal fraction) of the taxes that are not 0."""

    rank: int
    code: str
    description: str
    above: list[str]
    category: Category
    rates: list[tuple[str, Any]]
    address: str


@dataclass(frozen=True)
class Found:
    """``fault`` says why there is no answer, "" when there is one."""

    query: str = ""
    hits: list[ShownHit] = field(default_factory=list)
    relaxed: bool = False
    fault: str = ""


def found(query: str) -> Found:
    """The answer to a query; an engine that is away is a sentence, never an error."""
    if not query.strip():
        return Found()
    try:
        answer = search(query, HITS_SHOWN)
    except WorkError as error:
        return Found(query, fault=render(error.message, error.params))
    except TryAgain as error:
        return Found(query, fault=_(str(error)))
    return Found(query, _shown(answer), answer.relaxed)


def _shown(answer: SearchAnswer) -> list[ShownHit]:
    """A line that went since the index was written is left out."""
    codes = [hit.code for hit in answer.hits]
    lines = {line.item_no: line for line in PartidaArancelaria.objects.filter(item_no__in=codes)}
    above = ancestor_texts(line.pk for line in lines.values())
    there = [(rank, lines[code]) for rank, code in enumerate(codes, start=1) if code in lines]
    return [
        ShownHit(
            rank=rank,
            code=line.item_no,
            description=line.descripcion,
            above=above[line.pk],
            category=category_of(line),
            rates=rates_of(line),
            address=urlencode(
                {"q": answer.query, "code": line.item_no, "rank": rank, "shown": len(codes)}
            ),
        )
        for rank, line in there
    ]


def rates_of(line: PartidaArancelaria) -> list[tuple[str, Any]]:
    """(DAI, 0.15) and so on, without those that are 0."""
    told = [(name.removeprefix("impuesto_").upper(), getattr(line, name)) for name in RATE_FIELDS]
    return [(tax, rate) for tax, rate in told if rate]
