"""What must be true of all runs after any fault, whatever the fault was (reliability.md).

Where a run was given a ``trace``, a file to which its body adds a line "item epoch pid" before
each item, what was done is read from there and not from what the run says of itself.
"""

import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.db.models import Count
from django.utils import timezone

from admintools.jobs.models import Attempt, Status, TaskHistory
from admintools.jobs.snapshot import snapshot
from micasillero.catalog.models import PartidaArancelaria
from micasillero.search.engines import get_engine
from tests.support.clocks import at_most
from tests.support.site import Site
from tests.support.visitor import Page, wait_for

# A lost message is made good by the next snapshot, which then has to get there.
PAGE_AGREES_WITHIN = 10.0 + 1.0
SILENCE_ENDS_WITHIN = 120.0  # with a lease of LEASE
LEASE = 90.0
# SQLite's clock counts in thousandths of a second.
TICK = timedelta(milliseconds=5)
FOR_EVER = datetime.max.replace(tzinfo=UTC)
SHOWN = (
    "status", "phase", "done", "total", "progress", "message", "epoch", "attempt", "result",
    "error", "started_at", "finished_at", "cancel_requested",
)  # fmt: skip


def hold(site: Site, page: Page | None = None) -> None:
    """Fail unless every invariant holds of every run there is."""
    no_run_is_forgotten(site)
    one_at_a_time()
    no_item_is_missing()
    no_document_is_missing()
    the_dispatcher_kept_its_pace(site)
    if page:
        the_page_agrees(page)


def no_run_is_forgotten(site: Site) -> None:
    """Each has ended, waits for its turn, or gave a sign of life a moment ago."""
    lease = site.clock("LEASE_SECONDS")

    def forgotten() -> list[TaskHistory]:
        silent = timezone.now() - timedelta(seconds=lease)
        return list(TaskHistory.objects.running().filter(heartbeat_at__lt=silent))

    limit = SILENCE_ENDS_WITHIN * lease / LEASE
    wait_for(lambda: not forgotten(), "rid of runs without a sign of life", timeout=limit)


def one_at_a_time() -> None:
    """One active run per resource; no two attempts, of one run or of one resource, overlapped."""
    busy = TaskHistory.objects.active().exclude(resource="").values("resource").order_by()
    assert not busy.annotate(n=Count("id")).filter(n__gt=1).exists()
    groups: dict[Any, list[Attempt]] = defaultdict(list)
    for attempt in Attempt.objects.select_related("run").order_by("started_at", "id"):
        groups[attempt.run.resource or attempt.run_id].append(attempt)
    for attempts in groups.values():
        for before, after in pairwise(attempts):
            assert (before.ended_at or FOR_EVER) <= after.started_at + TICK, (
                f"attempts {before} ({before.outcome}) and {after} were there at the same time"
            )
    for run in TaskHistory.objects.prefetch_related("attempts"):
        epochs = sorted(attempt.epoch for attempt in run.attempts.all())
        assert epochs == list(range(1, run.epoch + 1))


def no_item_is_missing() -> None:
    """The attempt that succeeded did all the items that no earlier one had stored; none did an
    item twice."""
    for run in TaskHistory.objects.filter(parameters__has_key="trace"):
        done: dict[int, list[int]] = defaultdict(list)
        for item, epoch in _traced(Path(run.parameters["trace"])):
            done[epoch].append(item)
        kept = dict(run.attempts.values_list("epoch", "resumed_from"))
        for epoch, items in done.items():
            first = kept[epoch] + 1
            assert items == list(range(first, first + len(items))), f"{run}, {epoch}: {items}"
        if run.status == Status.SUCCESS:
            asked = int(run.parameters["items"])
            reached = kept[run.epoch] + len(done[run.epoch])
            assert reached == asked, f"{run}: {reached} of {asked}"
            assert (run.done, run.total) == (asked, asked)


def no_document_is_missing() -> None:
    """The last rebuild that succeeded is live, with all the lines of the tariff."""
    rebuilt = TaskHistory.objects.filter(job="rebuild_index", status=Status.SUCCESS)
    if last := rebuilt.order_by("finished_at").last():
        engine, lines = get_engine(), PartidaArancelaria.objects.filter(is_leaf=True).count()
        assert engine.live_index() == last.result["index"]
        assert (last.result["documents"], engine.count(engine.alias)) == (lines, lines)


def the_dispatcher_kept_its_pace(site: Site) -> None:
    """No fault was news to it: after one that it does not know it rests for up to half a minute,
    and nobody takes back what is dead."""
    log = site.directory / "dispatch.log"
    told = log.read_text() if log.exists() else ""
    assert "A turn of dispatch failed" not in told, told


def _traced(trace: Path) -> list[tuple[int, int]]:
    lines = trace.read_text().splitlines() if trace.exists() else []
    # A process killed in the middle of a line leaves half of one, with its item not begun.
    words = [line.split() for line in lines]
    return [(int(word[0]), int(word[1])) for word in words if len(word) == 3]


def the_page_agrees(page: Page) -> None:
    """What the open page shows of each run is what the row says, ten seconds later at the most."""

    def differing() -> dict[str, dict[str, tuple[Any, Any]]]:
        found = {}
        for run in TaskHistory.objects.all():
            shown, row = page.shown.get(run.task_id, {}), snapshot(run)
            wrong = {key: (shown.get(key), row[key]) for key in SHOWN if shown.get(key) != row[key]}
            if wrong:
                found[run.task_id] = wrong
        return found

    try:
        wait_for(lambda: not differing(), "the page what the rows say", timeout=PAGE_AGREES_WITHIN)
    except AssertionError:
        raise AssertionError(f"page against row: {differing()}") from None


def nothing_begins(trace: Path, *, seconds: float) -> None:
    """For that long (by the suite's clocks) no body does anything more."""
    before = _traced(trace)
    time.sleep(at_most(seconds))
    assert _traced(trace) == before, "something ran after its end"
