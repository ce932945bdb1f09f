"""A run as a row of a list.

A page of the history has fifty, nearly all of them ended: of those only what a row prints is made.
"""

from typing import Any

from admintools.jobs.models import TaskHistory
from admintools.jobs.snapshot import state_of
from admintools.jobs.texts import render

from .presentation import LOOKS, outcome, took
from .responses import run_object

Row = dict[str, Any]


def listed(run: TaskHistory) -> Row:
    """The run object of one that is active; of one that ended ``task_id``, ``run_url``, ``label``,
    ``initiated_by``, its times, ``state``, ``icon``, ``tone`` and ``texts.badge``, as a run object
    has them. Both with ``active``, ``took`` and ``outcome`` ("" where there is nothing to say)."""
    row = run_object(run) if run.is_active else _ended(run)
    return {**row, "active": run.is_active, "took": took(row), "outcome": outcome(row)}


def _ended(run: TaskHistory) -> Row:
    definition, state = run.definition, state_of(run)
    icon, tone = LOOKS[state.value]
    message = render(run.error_message, run.error_params) if run.error_code else ""
    return {
        "task_id": run.task_id,
        "run_url": run.get_absolute_url(),
        "label": str(definition.label) if definition else run.task_name,
        "unit": str(definition.unit) if definition else "",
        "initiated_by": run.initiated_by,
        "created_at": run.created_at.isoformat(),
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "state": state.value,
        "icon": icon,
        "tone": tone,
        "texts": {"badge": str(state.label)},
        "done": run.done,
        "total": run.total,
        "result": run.result,
        "error": {"message": message},
    }
