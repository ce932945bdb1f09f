"""The evidence of a learned keyword in words: how many chose the line, where, and who else says so.

What is stored is read with care: a row may be of another version, or made by hand.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console.formatting import number, whole_percent

# From here on places share one figure (micasillero.learning.evidence.LAST_RANK).
LAST_RANK = 10


def sentences(evidence: Mapping[str, Any]) -> Iterator[str]:
    """Customers first, then staff."""
    customers, staff = evidence.get("customers"), evidence.get("staff")
    if isinstance(customers, dict):
        yield from _of_customers(customers)
    if isinstance(staff, dict):
        yield _of_staff(staff)


def _of_customers(told: dict[str, Any]) -> Iterator[str]:
    """7 of 31 people who saw it chose it, on 4 days; 6 % was to be expected."""
    days = _count(told, "days")
    yield _(
        "%(chose)s of %(shown)s people who saw it chose it, %(days)s; %(usual)s is usual there"
    ) % {
        "chose": number(_count(told, "chose")),
        "shown": number(_count(told, "shown")),
        "days": _on_days(days),
        "usual": whole_percent(_share(told, "usual")),
    }
    if place := _usual_place(told.get("ranks")):
        yield place
    if after := _count(told, "after_nothing"):
        yield ngettext(
            "%(n)s of them had found nothing with these words before",
            "%(n)s of them had found nothing with these words before",
            after,
        ) % {"n": number(after)}


def _usual_place(ranks: Any) -> str:
    """Where most people saw it."""
    if not isinstance(ranks, dict) or not ranks:
        return ""
    known = ((rank, n) for rank, n in ranks.items() if str(rank).isdecimal())
    places = {int(rank): n for rank, n in known if isinstance(n, int)}
    if not places:
        return ""
    most = max(places, key=lambda rank: (places[rank], -rank))
    if most == 1:
        return _("It is found first already, most of the time")
    if most >= LAST_RANK:
        return _("It stood at place 10 or later most of the time")
    return _("It stood at place %(place)s most of the time") % {"place": number(most)}


def _of_staff(told: dict[str, Any]) -> str:
    people = _count(told, "people")
    return ngettext(
        "Confirmed by %(n)s of your staff, %(days)s",
        "Confirmed by %(n)s of your staff, %(days)s",
        people,
    ) % {"n": number(people), "days": _on_days(_count(told, "days"))}


def _on_days(days: int) -> str:
    return ngettext("on %(n)s day", "on %(n)s days", days) % {"n": number(days)}


def _count(told: dict[str, Any], name: str) -> int:
    value = told.get(name)
    return value if isinstance(value, int) else 0


def _share(told: dict[str, Any], name: str) -> float:
    value = told.get(name)
    return float(value) if isinstance(value, int | float) else 0.0
