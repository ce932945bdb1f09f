"""Learning: from what customers chose and staff confirmed to keywords that wait for a person.

First only what was chosen is read, to see which lines were chosen by enough people at all; then
also what was shown, to count everything about those. A run that is lost begins anew; nothing is
written before the end.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from micasillero.keywords.loader import readable
from micasillero.work import Stopped, Work

from .evidence import Counted, Pair, counted, often_chosen
from .proposing import Found, proposals, store
from .reading import Reading
from .rule import Thresholds, lacking
from .sessions import local_day
from .staff import Confirmations, Confirmed, confirmations


def usual_since() -> datetime:
    """The moment from which on events count, where nobody says another."""
    return timezone.now() - timedelta(days=settings.LEARNING_SINCE_DAYS)


def learn(
    work: Work, *, since: datetime, confirmed: Iterable[Confirmed] = (), run_id: str = ""
) -> dict[str, Any]:
    """Propose keywords from the events since then, and from what staff ``confirmed``.

    Returns events (read), considered (pairs of words and line with enough people to look at),
    proposed, refreshed (keywords that wait and whose evidence is new) and dropped (by reason).
    Raises WorkError("lexicon_broken"), Stopped.
    """
    thresholds = Thresholds.of_settings()
    by_staff = {
        pair: told
        for pair, told in confirmations(confirmed).items()
        if told.enough(thresholds.staff, thresholds.days)
    }
    reading = Reading(since)
    pages = _Pages(work, reading)
    pairs = often_chosen(reading.choices(pages.count), thresholds.people)
    told = counted(reading.observed(pages.weigh), pairs | by_staff.keys())
    found = enough(told, by_staff, thresholds)
    pages.write()
    with readable():
        made = proposals(found, run_id, local_day(since))
    return {
        "events": reading.total,
        "considered": len(pairs | by_staff.keys()),
        "proposed": store(work, made),
        "refreshed": len(made.refreshed),
        "dropped": dict(made.dropped),
    }


def enough(
    told: Counted, by_staff: dict[Pair, Confirmations], thresholds: Thresholds
) -> list[Found]:
    """The pairs that customers chose often enough, and those that ``by_staff`` are enough; of
    these what is known of customers is told, too, whatever it is."""
    rates = told.rates
    learned = {
        pair for pair, known in told.evidence.items() if not lacking(known, rates, thresholds)
    }
    return [
        Found(
            pair,
            known := told.evidence.get(pair),
            known.expected(rates) if known else 0.0,
            by_staff.get(pair),
        )
        for pair in sorted(learned | by_staff.keys())
    ]


class _Pages:
    """The progress of a run, which reads twice."""

    def __init__(self, work: Work, reading: Reading) -> None:
        self._work, self._first = work, reading.choices_total
        self._total = reading.choices_total + reading.observed_total

    def count(self, done: int) -> None:
        self._tell(done, "count")

    def weigh(self, done: int) -> None:
        self._tell(self._first + done, "weigh")

    def write(self) -> None:
        self._tell(self._total, "propose")

    def _tell(self, done: int, phase: str) -> None:
        if self._work.should_stop():
            raise Stopped
        self._work.report(done, self._total, phase=phase)
