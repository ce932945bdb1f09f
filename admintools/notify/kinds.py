"""What is announced, and in which words. Everything here is said in the reader's language."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admintools.jobs import parts
from admintools.jobs.registry import registry
from admintools.jobs.texts import render

About = Mapping[str, Any]


class Kind(models.TextChoices):
    """The events that one may subscribe to, and the test that a button sends."""

    RUN_FAILED = "run_failed", gettext_lazy("A run failed")
    RUN_FINISHED = "run_finished", gettext_lazy("A run finished")
    RUN_STUCK = "run_stuck", gettext_lazy("A run is stuck")
    ALERT = "alert", gettext_lazy("A rule raised an alert")
    QUEUE_UNSERVED = "queue_unserved", gettext_lazy("A queue has no worker")
    BUDGET_REACHED = "budget_reached", gettext_lazy("The budget for language models is reached")
    QUALITY_FELL = "quality_fell", gettext_lazy("The quality of the search fell")
    TEST = "test", gettext_lazy("Test of a notification")


EVENTS = tuple(kind for kind in Kind if kind != Kind.TEST)
# About a run, whose job a subscription may choose.
OF_RUNS = frozenset(
    (Kind.RUN_FAILED, Kind.RUN_FINISHED, Kind.RUN_STUCK, Kind.BUDGET_REACHED, Kind.QUALITY_FELL)
)


def words(kind: str, about: About) -> tuple[str, str]:
    """(subject, text) of an announcement. What ``about`` lacks is left blank: it may be of an
    earlier version."""
    return _WORDS.get(kind, _plain)(about)


def _failed(about: About) -> tuple[str, str]:
    return _("Failed: %(job)s") % {"job": _job(about)}, _error(about)


def _finished(about: About) -> tuple[str, str]:
    who = {"who": about.get("who", "")}
    return _("Finished: %(job)s") % {"job": _job(about)}, _("Started by %(who)s.") % who


def _stuck(about: About) -> tuple[str, str]:
    text = _("Nothing has moved since %(time)s. Look at its log; cancel it if it stays so.")
    subject = _("Stuck: %(job)s") % {"job": _job(about)}
    return subject, text % {"time": _moment(about.get("since"))}


def _budget(about: About) -> tuple[str, str]:
    return _("Budget reached: %(job)s") % {"job": _job(about)}, _error(about)


def _quality(about: About) -> tuple[str, str]:
    subject = _("The quality of the search fell: %(job)s") % {"job": _job(about)}
    if about.get("error"):
        return subject, _error(about)
    fell = ", ".join(str(name) for name in about.get("fell", ()))
    return subject, _("Worse than the evaluation before: %(measures)s.") % {"measures": fell}


def _unserved(about: About) -> tuple[str, str]:
    queue = str(about.get("queue", ""))
    text = _("Since %(time)s. What is launched there waits. Start a worker: %(command)s")
    facts = {"time": _moment(about.get("since")), "command": parts.starts_worker(queue)}
    return _("No worker serves the queue %(queue)s") % {"queue": queue}, text % facts


def _alert(about: About) -> tuple[str, str]:
    subject = _("Alert: %(title)s") % {"title": about.get("title", "")}
    return subject, str(about.get("text", ""))


def _test(about: About) -> tuple[str, str]:
    text = _("%(who)s pressed the button that tests this notification.")
    return _("Test of a notification"), text % {"who": about.get("who", "")}


def _plain(about: About) -> tuple[str, str]:
    return str(about.get("title", "")), str(about.get("text", ""))


_WORDS: dict[str, Callable[[About], tuple[str, str]]] = {
    Kind.RUN_FAILED: _failed,
    Kind.RUN_FINISHED: _finished,
    Kind.RUN_STUCK: _stuck,
    Kind.ALERT: _alert,
    Kind.QUEUE_UNSERVED: _unserved,
    Kind.BUDGET_REACHED: _budget,
    Kind.QUALITY_FELL: _quality,
    Kind.TEST: _test,
}


def _job(about: About) -> str:
    slug = str(about.get("job", ""))
    definition = registry.find(slug)
    return str(definition.label) if definition else slug


def _error(about: About) -> str:
    return render(str(about.get("error", "")), about.get("error_params") or {})


def _moment(text: Any) -> str:
    """An ISO text as local time: 26 Nov 2026, 10:41."""
    try:
        at = timezone.localtime(datetime.fromisoformat(str(text)))
    except ValueError:
        return ""
    return f"{formats.date_format(at, 'j M Y').lower()}, {at:%H:%M}"
