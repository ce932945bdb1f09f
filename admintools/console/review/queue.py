"""The keywords that a person decides one by one: those most searched first, and never too many.

How often a keyword is searched is how often its very words were asked (AskedQuery), whatever their
accents and capitals. Among equals the order is that of the tariff, so that the words of one line
stand together. What was snoozed and has returned comes last.
"""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import Substr

from micasillero.analysis import fold, words
from micasillero.keywords.models import Keyword, Status
from micasillero.keywords.querysets import KeywordQuerySet
from micasillero.quality.models import AskedQuery

# A query that is not among so many was asked too seldom to put a keyword before another.
MOST_ASKED = 10_000
PENDING = "pending"


@dataclass(frozen=True)
class Row:
    """One keyword with its line and who decided; ``asked`` times its words were searched."""

    keyword: Keyword
    asked: int


@dataclass(frozen=True)
class Queue:
    """The first rows, and how many keywords there are in all that the filters let through."""

    rows: list[Row]
    total: int

    @property
    def cut(self) -> bool:
        return self.total > len(self.rows)


def queue(filters: Mapping[str, str]) -> Queue:
    """``filters``: status (pending, snoozed, approved, rejected), source, language, chapter; ""
    lets all through."""
    status = filters.get("status") or PENDING
    if status == PENDING:
        return _to_review(_filtered(Keyword.objects.to_review(), filters))
    return _decided(_filtered(Keyword.objects.filter(status=status), filters))


def left() -> int:
    """How many keywords wait for a decision of their own."""
    return Keyword.objects.to_review().count()


def chapters() -> list[tuple[str, int]]:
    """The chapters that have keywords to review, with their number."""
    found = Keyword.objects.to_review().order_by()
    counted = found.values(chapter=Substr("partida__item_no", 1, 2)).annotate(n=Count("pk"))
    return [(row["chapter"], row["n"]) for row in counted.order_by("chapter")]


def asked_times() -> dict[str, int]:
    """How often each of the most asked queries was asked, by its folded words."""
    most = AskedQuery.objects.order_by("-times", "pk").values_list("folded", "times")
    return dict(most[:MOST_ASKED])


def folded(text: str) -> str:
    """As micasillero.quality.asked folds what is asked."""
    return " ".join(words(fold(text)))


def _filtered(keywords: KeywordQuerySet, filters: Mapping[str, str]) -> KeywordQuerySet:
    told: dict[str, Any] = {name: filters.get(name) for name in ("source", "language")}
    if chapter := filters.get("chapter"):
        told["partida__item_no__startswith"] = chapter
    return keywords.filter(**{name: value for name, value in told.items() if value})


def _to_review(keywords: KeywordQuerySet) -> Queue:
    times = asked_times()
    in_order = keywords.order_by("partida__item_no", "text", "pk")
    places = [
        (status == Status.SNOOZED, -times.get(folded(text), 0), place, pk)
        for place, (pk, text, status) in enumerate(in_order.values_list("pk", "text", "status"))
    ]
    first = heapq.nsmallest(settings.REVIEW_QUEUE_LENGTH, places)
    return Queue(_rows([pk for *_order, pk in first], times), len(places))


def _decided(keywords: KeywordQuerySet) -> Queue:
    """What a person decided singly, the newest first; then what went with a run, or came so."""
    most = settings.REVIEW_QUEUE_LENGTH
    singly = keywords.exclude(decided_at=None).order_by("-decided_at", "-pk")
    ids = list(singly.values_list("pk", flat=True)[:most])
    others = keywords.filter(decided_at=None).order_by("-pk")
    ids += others.values_list("pk", flat=True)[: most - len(ids)]
    return Queue(_rows(ids, asked_times()), keywords.count())


def _rows(ids: list[int], times: Mapping[str, int]) -> list[Row]:
    found = Keyword.objects.select_related("partida", "decided_by").in_bulk(ids)
    return [Row(found[pk], times.get(folded(found[pk].text), 0)) for pk in ids if pk in found]
