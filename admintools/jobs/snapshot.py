"""The one JSON object that describes a run, for HTTP and socket alike.

``raw`` is built where the row is written and carries msgids; ``localise`` puts it into the active
language where somebody reads it; ``snapshot`` does both.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone

from . import estimate, queues, states
from .models import RUNNING, WAITING, Status, TaskHistory
from .registry import JobDefinition, registry
from .texts import render

TEXTS = "_texts"


def snapshot(run: TaskHistory) -> dict[str, Any]:
    """The whole state of a run in the active language. Times are ISO 8601, rates items/s."""
    return localise(raw(run))


def raw(run: TaskHistory) -> dict[str, Any]:
    """As snapshot, with msgids under ``_texts`` and labels still to be filled in."""
    return {
        "task_id": run.task_id,
        "task_name": run.task_name,
        "job": run.job,
        "status": run.status,
        "progress": run.percent,
        "done": run.done,
        "total": run.total,
        "phase": run.phase,
        "message": "",
        "rate": round(run.rate, 1) if run.rate is not None else None,
        "eta": estimate.remaining(run),
        "epoch": run.epoch,
        "seq": run.seq,
        "attempt": run.attempt,
        "queue": run.queue,
        "queue_position": _position(run),
        "initiated_by": run.initiated_by,
        "created_at": _iso(run.created_at),
        "started_at": _iso(run.started_at),
        "finished_at": _iso(run.finished_at),
        "result": run.result,
        "error": {"code": run.error_code, "message": ""} if run.error_code else None,
        "cancel_requested": run.cancel_requested_at is not None,
        **_for_the_page(run),
        TEXTS: {
            "message": [run.message, run.message_params],
            "error": [run.error_message, run.error_params],
        },
    }


def state_of(run: TaskHistory) -> states.State:
    """Its derived state, by what is known of its queue now."""
    waiting = run.status in WAITING
    served = not waiting or queues.is_served(run.queue)
    paused = waiting and not run.inline and queues.is_paused(run.queue)
    return states.derive(run, served=served, paused=paused)


def _for_the_page(run: TaskHistory) -> dict[str, Any]:
    """What the console draws besides: the derived state and the facts that explain it."""
    return {
        "state": state_of(run).value,
        "published": run.published_at is not None,
        "next_attempt_at": _iso(run.next_attempt_at),
        "heartbeat_at": _iso(run.heartbeat_at),
        "progressed_at": _iso(run.progressed_at),
        "cancel_requested_at": _iso(run.cancel_requested_at),
        "cancel_seen_at": _iso(run.cancel_seen_at),
        "cancel_escalated_at": _iso(run.cancel_escalated_at),
        "lease_expires_at": _iso(run.lease_expires_at),
        "worker": run.worker,
        "inline": run.inline,
        "ends_when_lost": run.ends_when_lost,
        "checkpoint": run.checkpoint,
        "run_url": run.get_absolute_url(),
        "phases": _phases(run, run.definition),
        "server_time": _iso(timezone.now()),
    }


def localise(raw_snapshot: dict[str, Any]) -> dict[str, Any]:
    """The same object with every text in the active language and no msgids left."""
    told = dict(raw_snapshot)
    texts = told.pop(TEXTS, None)
    if texts is None:
        return told
    definition = registry.find(told["job"])
    told["message"] = render(*texts["message"])
    if told["error"]:
        told["error"] = {**told["error"], "message": render(*texts["error"])}
    told["label"] = str(definition.label) if definition else told["task_name"]
    told["unit"] = str(definition.unit) if definition else ""
    told["state_text"] = str(states.State(told["state"]).label)
    told["phase_label"] = definition.phase_label(told["phase"]) if definition else told["phase"]
    told["phases"] = [
        {**p, "label": definition.phase_label(p["slug"]) if definition else p["slug"]}
        for p in told["phases"]
    ]
    return told


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _position(run: TaskHistory) -> int | None:
    """Place in the queue, counting the running one as the first; None once it runs or ended."""
    if run.status not in WAITING or run.inline:
        return None
    return queues.place(run)


def _phases(run: TaskHistory, definition: JobDefinition | None) -> list[dict[str, Any]]:
    """Every phase of the job with its state and, once it ended, its seconds."""
    if definition is None:
        return []
    seen = {entry["slug"]: entry for entry in run.timeline}
    succeeded = run.status == Status.SUCCESS
    told = []
    for phase in definition.phases:
        entry = seen.get(phase.slug)
        if entry is None:
            state = "done" if succeeded else "pending"
        elif phase.slug == run.phase and not succeeded:
            state = "current" if run.status in RUNNING else "failed"
            if run.status in WAITING:
                state = "pending"
        else:
            state = "done"
        told.append(
            {
                "slug": phase.slug,
                "state": state,
                "seconds": entry.get("seconds") if entry else None,
            }
        )
    return told
