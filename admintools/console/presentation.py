"""What a page writes about a run. One place for template and socket, so that they cannot differ.

``dress`` adds to a snapshot: ``icon`` and ``tone`` of its badge, ``has_bar``, and ``texts``: the
finished sentences and figures in the active language. The browser only puts them in their place.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from admintools.jobs.registry import registry

from .formatting import (
    EN_DASH,
    clock,
    dollars,
    duration,
    duration_range,
    moment,
    number,
    ordinal,
    percent,
    whole_percent,
)
from .notes import Snapshot, note

LOOKS = {
    "unsent": ("clock", "warn"),
    "queued": ("clock", ""),
    "no-worker": ("warn", "warn"),
    "paused": ("pause", "warn"),
    "running": ("run", "info"),
    "retry": ("clock", "warn"),
    "cancelling": ("stop", ""),
    "stale": ("nosig", "warn"),
    "stuck": ("warn", "warn"),
    "done": ("ok", "ok"),
    "failed": ("err", "err"),
    "cancelled": ("off", ""),
}
ENDED = frozenset({"done", "failed", "cancelled"})
# What a result's figures are called, by their key, in the order in which they are told.
SAYINGS = {
    "documents": gettext_noop("%(n)s documents"),
    "added": gettext_noop("%(n)s keywords written"),
    "approved": gettext_noop("%(n)s keywords live"),
    "created": gettext_noop("%(n)s created"),
    "updated": gettext_noop("%(n)s changed"),
    "removed": gettext_noop("%(n)s removed"),
    "restored": gettext_noop("%(n)s restored"),
    "recreated": gettext_noop("%(n)s made again"),
    "deleted": gettext_noop("%(n)s deleted"),
    "skipped": gettext_noop("%(n)s skipped"),
    "classified": gettext_noop("%(n)s lines searched"),
    "not_found": gettext_noop("%(n)s not found"),
}
# They alone do not say what came of a run.
SIDE_EFFECTS = frozenset({"skipped", "not_found"})
WITHOUT_BAR = frozenset({"unsent", "queued", "no-worker", "paused", "retry"})


def dress(snapshot: Snapshot) -> Snapshot:
    """The snapshot with what a page needs to draw it."""
    icon, tone = LOOKS[snapshot["state"]]
    return {
        **snapshot,
        "icon": icon,
        "tone": tone,
        "has_bar": _has_bar(snapshot),
        "phases": [_phase(phase, snapshot) for phase in snapshot["phases"]],
        "texts": {
            "badge": badge(snapshot),
            "note": note(snapshot),
            "percent": percent(snapshot["progress"]) if _counted(snapshot) else "",
            "counts": counts(snapshot),
            "rate": rate(snapshot),
            "step": step(snapshot),
            "eta": eta(snapshot),
            "origin": origin(snapshot),
            "bar": bar(snapshot),
            "spoken": spoken(snapshot),
            "consequence": consequence(snapshot),
        },
    }


def _has_bar(s: Snapshot) -> bool:
    """Not while it waits, and not where it ended before anything was counted."""
    begun = s["state"] not in WITHOUT_BAR and s["epoch"] > 0
    return begun and (_counted(s) or s["state"] not in ENDED)


def _counted(s: Snapshot) -> bool:
    """Whether a percentage means anything: 0 % of an unknown total does not."""
    return bool(s["total"]) or s["state"] == "done"


def badge(s: Snapshot) -> str:
    match s["state"]:
        case "queued" if (s["queue_position"] or 1) > 1:
            return _("Queued, %(place)s") % {"place": ordinal(s["queue_position"])}
        case "retry":
            return _("Retry at %(time)s") % {"time": clock(s["next_attempt_at"])}
        case "stale":
            at = clock(s["heartbeat_at"], seconds=False)
            return _("No sign of life since %(time)s") % {"time": at}
        case "stuck":
            return _("Stuck since %(time)s") % {"time": clock(s["progressed_at"], seconds=False)}
        case _:
            return s["state_text"]


def counts(s: Snapshot) -> str:
    """4,721 / 7,494 documents; nothing where nothing was counted."""
    if s["total"] is None:
        return f"{number(s['done'])} {s['unit']}".strip() if s["done"] else ""
    return f"{_share(s)} {s['unit']}".strip()


def _share(s: Snapshot) -> str:
    return f"{number(s['done'])} / {number(s['total'])}"


def step(s: Snapshot) -> str:
    """Where among its phases it is: (phase 2 of 5)."""
    slugs = [phase["slug"] for phase in s["phases"]]
    if len(slugs) < 2 or s["phase"] not in slugs or s["state"] in WITHOUT_BAR | ENDED:
        return ""
    place = {"n": slugs.index(s["phase"]) + 1, "all": len(slugs)}
    return _("(phase %(n)s of %(all)s)") % place


def rate(s: Snapshot) -> str:
    if not s["rate"] or s["state"] in WITHOUT_BAR | ENDED:
        return ""
    decimals = 0 if s["rate"] >= 10 else 1
    return f"{number(s['rate'], decimals)} {s['unit']}/s".replace(" /s", "/s")


def eta(s: Snapshot) -> str:
    if s["eta"] and s["state"] == "running":
        left = duration_range(s["eta"]["low"], s["eta"]["high"])
        return _("%(range)s left") % {"range": left}
    if s["state"] in ("running", "no-worker", "stale", "stuck"):
        return _("no estimate")
    return ""


def origin(s: Snapshot) -> str:
    """Who, when, how long it took and, where it is not the first, which attempt."""
    parts = [f"{s['initiated_by']}, {_span(s)}", took(s)]
    if s["attempt"] > 1:
        parts.append(_("attempt %(number)s") % {"number": s["attempt"]})
    return "; ".join(part for part in parts if part)


def _span(s: Snapshot) -> str:
    """10:38:34, and once it ended 10:38:34–10:41:34."""
    began, ended = clock(s["created_at"]), clock(s["finished_at"])
    time_of_day = ended.rpartition(", ")[2]
    return f"{began}{EN_DASH}{time_of_day}" if ended else began


def took(s: Snapshot) -> str:
    """How long a run that ended worked; "" for one that never began."""
    started, finished = moment(s["started_at"]), moment(s["finished_at"])
    if not started or not finished:
        return ""
    return duration((finished - started).total_seconds())


def elapsed(s: Snapshot) -> str:
    """How long it has run or waited so far, as live-status.js counts it on; "" once it ended."""
    since, now = moment(s["started_at"] or s["created_at"]), moment(s["server_time"])
    if s["finished_at"] or not since or not now:
        return ""
    time = {"time": duration(int((now - since).total_seconds()))}
    sentence = _("running for %(time)s") if s["started_at"] else _("waiting for %(time)s")
    return f"; {sentence % time}"


def bar(s: Snapshot) -> str:
    """The bar in words, for a screen reader."""
    share = percent(s["progress"]) if _counted(s) else ""
    parts = (share, counts(s), s["phase_label"] or s["state_text"])
    return ", ".join(part for part in parts if part)


def spoken(s: Snapshot) -> str:
    """What the announcer says: the job, how it is, how long it still takes."""
    if s["state"] in ("running", "stale", "stuck") and _counted(s):
        text = f"{s['label']}: {percent(s['progress'])}"
        if s["eta"]:
            range_ = {"low": duration(s["eta"]["low"]), "high": duration(s["eta"]["high"])}
            text += ", " + _("%(low)s to %(high)s left") % range_
        return text
    return f"{s['label']}: {badge(s)}"


def consequence(s: Snapshot) -> str:
    """What stopping the run leaves behind."""
    definition = registry.find(s["job"])
    return str(definition.consequence) if definition else ""


def _phase(phase: dict[str, Any], s: Snapshot) -> dict[str, Any]:
    """The phase with its ``text``. Where somebody cancelled nothing failed: it is "stopped"."""
    state = phase["state"]
    if state == "failed" and s["state"] == "cancelled":
        state = "stopped"
    return {**phase, "state": state, "text": _phase_text(state, phase["seconds"], s)}


def _phase_text(state: str, seconds: float | None, s: Snapshot) -> str:
    match state:
        case "current":
            return _share(s) if s["total"] else _("in progress")
        case "done":
            return duration(seconds) or _("done")
        case "failed":
            return _("not completed")
        case "stopped":
            return _("stopped")
        case _:
            return _("not done") if s["state"] in ENDED else _("pending")


def outcome(s: Snapshot) -> str:
    """One line about how a run ended, for lists."""
    if s["state"] == "failed":
        return (s["error"] or {}).get("message", "")
    if s["state"] == "cancelled":
        if not s["total"]:
            return _("Cancelled before it began.")
        return _("Stopped at %(counts)s.") % {"counts": counts(s)}
    return _result(s["result"] or {})


def _result(result: dict[str, Any]) -> str:
    """The figures of a result that a person asks for first; zeros only where nothing else came of
    it."""
    told = {key: result[key] for key in SAYINGS if isinstance(result.get(key), int)}
    some = {key: n for key, n in told.items() if n}
    if some.keys() - SIDE_EFFECTS:
        told = some
    parts = [_(SAYINGS[key]) % {"n": number(n)} for key, n in told.items()]
    if cost := result.get("cost_usd"):
        parts.append(dollars(cost))
    if isinstance(result.get("S@5"), float):
        found = whole_percent(result["S@5"])
        parts.append(_("%(share)s among the first 5") % {"share": found})
    if result.get("verified"):
        parts.append(_("verified"))
    return ", ".join(parts)
