"""Who waits for whom within a queue, on a real broker with a busy worker."""

from admintools.jobs import cancelling, queues
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status
from tests.support.site import ended, run_until

BY_NIGHT = Initiator(Source.SCHEDULE, name="Cada noche")
BY_CLICK = Initiator(Source.CONSOLE, name="ana")


def start(initiator, **parameters):
    return launch("trial_count", parameters=parameters, initiator=initiator)


def test_a_click_begins_before_a_nightly_run_that_was_there_first(site, broker):
    """Also where the dispatcher has sent the nightly one again."""
    site.env["REPUBLISH_AFTER"] = "0.5"
    site.worker("learning")
    busy = start(BY_CLICK, items=10_000, pause=0.05)
    run_until(busy, lambda row: row.done)
    nightly, click = start(BY_NIGHT, items=1), start(BY_CLICK, items=1)
    assert [queues.place(nightly), queues.place(click)] == [3, 2]
    site.dispatch()
    run_until(nightly, lambda row: row.publications > 1)
    run_until(click, lambda row: row.publications > 1)
    assert broker.client().llen("learning\x06\x163") > 1
    cancelling.request_cancel(busy, "ana")
    ends = [run_until(run, ended) for run in (nightly, click)]
    assert [run.status for run in ends] == [Status.SUCCESS, Status.SUCCESS]
    finished, started = ends[1].finished_at, ends[0].started_at
    assert finished and started and finished <= started
