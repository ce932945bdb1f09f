"""Glue: the job that learns keywords from what people choose."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from admintools.jobs.execution import job_task
from admintools.jobs.faults import Failed
from admintools.jobs.models import TaskHistory
from admintools.jobs.progress import RunWork
from micasillero.classification.models import Classification
from micasillero.generation.closing import put_learned
from micasillero.learning.run import learn, usual_since
from micasillero.learning.sessions import local_day
from micasillero.learning.staff import Confirmed

from .faults import domain_faults

LEARN = "admintools.tasks.learn_keywords"
TALLIED = ("considered", "refreshed", "dropped")


@job_task(LEARN)
def learn_keywords(work: RunWork) -> dict[str, Any]:
    """Propose keywords; ``since`` is a day (2026-11-01), else LEARNING_SINCE_DAYS ago."""
    start = start_of(work.parameters.get("since"))
    with domain_faults():
        told = learn(work, since=start, confirmed=confirmed_since(start), run_id=work.run.task_id)
    return {"status": "success", **told}


def learning_ended(run: TaskHistory) -> None:
    """What it proposed is put before a person as one, beside each for itself."""
    result = run.result or {}
    put_learned(run.task_id, {name: result[name] for name in TALLIED if name in result})


def start_of(since: Any) -> datetime:
    """The first moment of that day here. A schedule's parameters are typed by hand."""
    if not since:
        return usual_since()
    try:
        day = date.fromisoformat(since)
    except (TypeError, ValueError):
        raise Failed(
            "bad_parameter",
            gettext_noop("since must be a day written as 2026-11-01, not %(value)s."),
            {"value": str(since)},
        ) from None
    return timezone.make_aware(datetime.combine(day, time.min))


def confirmed_since(start: datetime) -> Iterator[Confirmed]:
    """What staff confirmed from then on, for a line that is still there."""
    rows = Classification.objects.filter(confirmed_at__gte=start, partida__isnull=False)
    known = rows.exclude(query="").exclude(user=None).order_by("pk")
    columns = ("query", "code", "user_id", "confirmed_at", "rank")
    for query, code, person, at, rank in known.values_list(*columns).iterator():
        yield Confirmed(query, code, person, local_day(at), rank)
