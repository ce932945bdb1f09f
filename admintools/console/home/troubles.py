"""What keeps jobs from going on, each as a sentence with what to do about it."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console.formatting import number
from admintools.console.health import Check
from admintools.jobs.parts import starts
from admintools.jobs.queues import QueueFact


def troubles(
    *,
    broker: Check,
    dispatcher_ok: bool,
    queues: Iterable[QueueFact],
    active: Iterable[dict[str, Any]],
) -> list[str]:
    """The sentences, what concerns most first. ``active`` are run objects."""
    facts = list(queues)
    return [
        *_of_processes(broker, dispatcher_ok=dispatcher_ok),
        *_of_queues(facts),
        *_of_runs(active),
    ]


def _of_processes(broker: Check, *, dispatcher_ok: bool) -> Iterator[str]:
    if not broker.ok:
        yield _("Jobs wait, because the broker does not answer: start Redis. Nothing is lost.")
    elif broker.degraded:
        yield _("Jobs wait, because the broker is full: give Redis memory. Nothing is lost.")
    if not dispatcher_ok:
        yield _("Lost jobs are not picked up: start the dispatcher, “%(command)s”.") % {
            "command": starts("dispatch")
        }


def _of_queues(facts: list[QueueFact]) -> Iterator[str]:
    paused = [fact.name for fact in facts if fact.paused]
    if paused:
        yield ngettext(
            "The queue %(queues)s is paused: what is launched there waits until it is resumed.",
            "The queues %(queues)s are paused: what is launched there waits until that ends.",
            len(paused),
        ) % {"queues": get_text_list(paused, _("and"))}
    for fact in facts:
        if fact.waiting and not fact.served and not fact.paused:
            yield ngettext(
                "%(n)s run waits in the queue %(queue)s, which no worker serves: start one.",
                "%(n)s runs wait in the queue %(queue)s, which no worker serves: start one.",
                fact.waiting,
            ) % {"n": number(fact.waiting), "queue": fact.name}


def _of_runs(active: Iterable[dict[str, Any]]) -> Iterator[str]:
    for run in active:
        if run["state"] == "stuck":
            yield _("“%(label)s” does not move: look at its log.") % run
        elif run["state"] == "stale":
            yield _("“%(label)s” gives no sign of life; another worker takes over.") % run
