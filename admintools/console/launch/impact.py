"""What a launch would do: the job's own figures, and what is true of every job."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.module_loading import import_string

from admintools.console.fact import Fact
from admintools.console.formatting import clock, duration_range
from admintools.jobs import estimate, queues
from admintools.jobs.models import TaskHistory
from admintools.jobs.registry import JobDefinition

# Of what takes longer nobody can say the second at which it ends.
SECONDS_TOLD_BELOW = 300


@dataclass(frozen=True)
class Impact:
    """What a job's preview function says. Texts are in the active language.

    ``items`` are done, of which ``deletes`` are deleted. ``summary`` repeats the least that whoever
    confirms must know; ``after`` is what follows and what is left behind; ``warning`` what speaks
    against it; ``refusal`` says why a launch would do nothing or fail, "" when it would not.
    ``usual`` is the range of its seconds, and ``basis`` what that rests on, where the job knows
    better than its past runs.
    """

    items: int | None
    summary: str
    figures: tuple[Fact, ...] = ()
    after: str = ""
    warning: str = ""
    refusal: str = ""
    deletes: int = 0
    usual: tuple[float, float] | None = None
    basis: str = ""


@dataclass(frozen=True)
class Preview:
    """The whole answer. ``state`` is ready, nothing (a refusal) or error (``errors`` by field)."""

    definition: JobDefinition
    impact: Impact | None
    usual: tuple[float, float] | None
    past_runs: int
    queue: queues.QueueFact
    conflict: TaskHistory | None
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    at: datetime = field(default_factory=timezone.now)

    @property
    def state(self) -> str:
        if self.impact is None:
            return "error"
        return "nothing" if self.impact.refusal else "ready"

    @property
    def faults(self) -> list[tuple[str, str]]:
        """(label of the field, what is wrong with it)."""
        return [(self.labels.get(n, ""), e) for n, errors in self.errors.items() for e in errors]

    @property
    def duration(self) -> str:
        """The usual range, "" while there are too few past runs to say."""
        return duration_range(*self.usual) if self.usual else ""

    @property
    def starts_at_once(self) -> bool:
        queue = self.queue
        return queue.served and not queue.paused and not queue.ahead and self.conflict is None

    @property
    def ahead(self) -> int:
        """How many runs are before it in the queue, the one that runs included."""
        return self.queue.ahead

    @property
    def ends(self) -> tuple[str, str] | None:
        """The times at which it would end if launched now; None where that depends on others."""
        if not self.usual or not self.starts_at_once:
            return None
        low, high = self.usual
        exact = high < SECONDS_TOLD_BELOW
        first, last = (clock(self.at + timedelta(seconds=after), exact) for after in (low, high))
        return first, last


def preview(definition: JobDefinition, form: Any) -> Preview:
    """The preview of a launch with that form, which has data and no confirmation."""
    impact = None
    parameters: dict[str, Any] = {}
    if form.is_valid():
        parameters = form.parameters()
        ask = import_string(definition.preview) if definition.preview else _nothing_to_say
        impact = ask(parameters)
    active = TaskHistory.objects.active().filter(resource=definition.resource)
    named = (q for q in queues.queue_facts() if q.name == definition.queue)
    return Preview(
        definition=definition,
        impact=impact,
        usual=_usual(definition, impact, parameters),
        past_runs=len(estimate.past_durations(definition.slug, parameters)),
        queue=next(named, queues.QueueFact(definition.queue, 0, 0, 0)),
        conflict=active.first() if definition.resource else None,
        errors={name: [str(e) for e in errors] for name, errors in form.errors.items()},
        labels={name: str(form[name].label) for name in form.errors if name in form.fields},
    )


def _usual(
    definition: JobDefinition, impact: Impact | None, parameters: Mapping[str, Any]
) -> tuple[float, float] | None:
    if impact and impact.basis:
        return impact.usual and estimate.calm(impact.usual)
    return estimate.usual_calm(definition.slug, parameters)


def _nothing_to_say(parameters: Mapping[str, Any]) -> Impact:
    return Impact(items=None, summary="")


def as_json(told: Preview) -> dict[str, Any]:
    """The preview of valid fields: counts, seconds, an ISO time; texts in the active language."""
    impact, queue, conflict = told.impact, told.queue, told.conflict
    assert impact is not None, "errors are answered otherwise"  # noqa: S101
    return {
        "status": told.state,
        "job": told.definition.slug,
        "items": impact.items,
        "deletes": impact.deletes,
        "figures": [{"label": f.label, "value": f.value, "hint": f.hint} for f in impact.figures],
        "summary": impact.summary,
        "after": impact.after,
        "warning": impact.warning,
        "refusal": impact.refusal,
        "duration": {"low": told.usual[0], "high": told.usual[1]} if told.usual else None,
        "past_runs": told.past_runs,
        "queue": {
            "name": queue.name,
            "waiting": queue.waiting,
            "running": queue.running,
            "workers": queue.workers,
            "paused": queue.paused,
        },
        "conflict": {
            "task_id": conflict.task_id,
            "label": conflict.label,
            "run_url": conflict.get_absolute_url(),
        }
        if conflict
        else None,
        "calculated_at": told.at.isoformat(),
    }
