"""What keeps jobs and changes from going on, each as a sentence with what to do about it."""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console.formatting import duration, number
from admintools.console.health import Check
from admintools.jobs.parts import starts
from admintools.jobs.queues import QueueFact
from micasillero.search.status import IndexStatus

# A change takes seconds; an import becomes visible at one stroke, with marks as old as its start.
CHANGES_LATE_AFTER = timedelta(minutes=2)


def troubles(
    *,
    broker: Check,
    silent: Container[str],
    index: IndexStatus,
    queues: Iterable[QueueFact],
    active: Iterable[dict[str, Any]],
    messages: Mapping[str, int],
) -> list[str]:
    """The sentences, what concerns most first. ``silent`` are the processes that are missed, by
    their names as in their signs of life; ``active`` are run objects; ``messages`` are those that
    lie on the broker, by queue."""
    facts = list(queues)
    return [
        *_of_changes(index, silent),
        *_of_processes(broker, silent),
        *_of_queues(facts, messages),
        *_of_runs(active, taken_back="dispatch" not in silent),
    ]


def _of_changes(index: IndexStatus, silent: Container[str]) -> Iterator[str]:
    if "sync_index" in silent:
        yield _("Changes do not reach the search: start sync_index, “%(command)s”.") % {
            "command": starts("sync_index")
        }
        return
    oldest = index.oldest_change_at
    waited = timezone.now() - oldest if oldest else timedelta(0)
    # An engine that is away is in the first sentence already.
    if index.reachable and waited > CHANGES_LATE_AFTER:
        minutes = int(waited.total_seconds()) // 60 * 60
        yield _(
            "A change has waited for %(duration)s: the log of sync_index says what it waits for."
        ) % {"duration": duration(minutes)}


def _of_processes(broker: Check, silent: Container[str]) -> Iterator[str]:
    if not broker.ok:
        yield _("Jobs wait, because the broker does not answer: start Redis. Nothing is lost.")
    elif broker.degraded:
        yield _("Jobs wait, because the broker is full: give Redis memory. Nothing is lost.")
    if "dispatch" in silent:
        yield _("Lost jobs are not picked up: start the dispatcher, “%(command)s”.") % {
            "command": starts("dispatch")
        }
    if "notify" in silent:
        yield _("Nobody watches over the notifications: start notify, “%(command)s”.") % {
            "command": starts("notify")
        }
    if "beat" in silent:
        yield _("No schedule starts: start beat, once and on one machine only, “%(command)s”.") % {
            "command": starts("beat")
        }


def _of_queues(facts: list[QueueFact], messages: Mapping[str, int]) -> Iterator[str]:
    paused = [fact.name for fact in facts if fact.paused]
    if paused:
        yield ngettext(
            "The queue %(queues)s is paused: what is launched there waits until it is resumed.",
            "The queues %(queues)s are paused: what is launched there waits until that ends.",
            len(paused),
        ) % {"queues": get_text_list(paused, _("and"))}
    for fact in (fact for fact in facts if not fact.served and not fact.paused):
        # Not everything that has a queue is a run.
        lying = messages.get(fact.name, 0)
        if fact.waiting:
            yield ngettext(
                "%(n)s run waits in the queue %(queue)s, which no worker serves: start one.",
                "%(n)s runs wait in the queue %(queue)s, which no worker serves: start one.",
                fact.waiting,
            ) % {"n": number(fact.waiting), "queue": fact.name}
        elif lying:
            yield ngettext(
                "%(n)s message lies in the queue %(queue)s, which no worker serves: start one.",
                "%(n)s messages lie in the queue %(queue)s, which no worker serves: start one.",
                lying,
            ) % {"n": number(lying), "queue": fact.name}


def _of_runs(active: Iterable[dict[str, Any]], *, taken_back: bool) -> Iterator[str]:
    """``taken_back``: somebody notices when a run's worker is gone."""
    for run in active:
        if run["state"] == "stuck":
            yield _("“%(label)s” does not move: look at its log.") % run
        elif run["state"] == "stale":
            yield _silent_run(run, taken_back) % run


def _silent_run(run: dict[str, Any], taken_back: bool) -> str:
    if not taken_back:
        return _("“%(label)s” gives no sign of life, and nobody takes it back without dispatch.")
    if run["ends_when_lost"]:
        return _("“%(label)s” gives no sign of life; if it stays so, it fails: retry it then.")
    return _("“%(label)s” gives no sign of life; another worker takes over.")
