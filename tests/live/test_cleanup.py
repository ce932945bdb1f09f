"""A cleanup of a million rows beside jobs that go on. PostgreSQL's locks are watched meanwhile."""

import statistics
import threading
import uuid
from datetime import timedelta

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, Status
from micasillero.events.models import Event, EventKey
from tests.conftest import missing
from tests.support.site import database_url, ended, run_until

ROWS = 400_000
BY_TEST = Initiator(Source.COMMAND, name="test")
LONGEST_WAIT = """
    SELECT max(extract(epoch FROM clock_timestamp() - waitstart))
    FROM pg_locks WHERE NOT granted AND waitstart IS NOT NULL
"""


@pytest.fixture
def million(transactional_db):
    """Old events and their ids, and events that only have to lose who it was."""
    if connection.vendor != "postgresql":
        missing("only PostgreSQL tells who waits for which lock")
    now = timezone.now()
    many = f"FROM generate_series(1, {ROWS}) AS n"
    event = """
        INSERT INTO micasillero_events_event (event_id, client, type, occurred_at, received_at,
            session, person, network, query, code, description)
        SELECT n::text, 'web', 'declaration', %s, %s, 's', 'p', 'n', 'tenis', '', 'Tenis de Ana'
    """
    with connection.cursor() as cursor:
        for days in (100, 40):
            at = now - timedelta(days=days)
            rows = many if days == 100 else f"FROM generate_series(1, {ROWS // 2}) AS n"
            cursor.execute(f"{event} {rows}", [at, at])
        cursor.execute(
            "INSERT INTO micasillero_events_eventkey (key, accepted_at) "
            f"SELECT gen_random_uuid(), %s {many}",
            [now - timedelta(days=100)],
        )
        cursor.execute("ANALYZE")
    EventKey.objects.create(key=uuid.uuid4())


class LockWatch(threading.Thread):
    """Asks every few hundredths of a second how long anybody has waited for a lock."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over, self.longest, self.looks = threading.Event(), 0.0, 0

    def run(self) -> None:
        with psycopg2.connect(database_url()) as watching, watching.cursor() as cursor:
            watching.autocommit = True
            while not self.over.wait(0.02):
                cursor.execute(LONGEST_WAIT)
                self.longest = max(self.longest, float(cursor.fetchone()[0] or 0))
                self.looks += 1


def latency() -> float:
    """Seconds from the launch of a small run to its end."""
    run = launch("trial_count", parameters={"items": 1}, initiator=BY_TEST)
    row = run_until(run, ended)
    assert row.status == Status.SUCCESS
    assert row.finished_at
    return (row.finished_at - row.created_at).total_seconds()


def high(latencies: list[float]) -> float:
    return statistics.quantiles(latencies, n=20)[-1]


def test_jobs_do_not_notice_a_cleanup_of_a_million_rows(site, million, capsys):
    site.worker("celery")
    site.worker("learning", name="w2")
    site.dispatch()
    latency()
    before = [latency() for _ in range(60)]
    watch = LockWatch()
    watch.start()
    cleanup = launch("cleanup", initiator=BY_TEST)
    during = []
    while run_until(cleanup, lambda _row: True).is_active:
        during.append(latency())
    watch.over.set()
    watch.join()
    row = run_until(cleanup, ended)
    assert row.finished_at and row.started_at
    took = (row.finished_at - row.started_at).total_seconds()
    with capsys.disabled():
        print(
            f"\n{row.result} in {took:.0f} s; p95 of a run {high(before):.3f} s before, "
            f"{high(during):.3f} s during ({len(during)} runs); longest wait for a lock "
            f"{watch.longest:.3f} s ({watch.looks} looks)"
        )
    assert row.result == {"deleted": 2 * ROWS, "redacted": ROWS // 2}
    assert (Event.objects.count(), EventKey.objects.count()) == (ROWS // 2, 1)
    assert not Event.objects.personal().exists()
    assert watch.longest < 1
    assert high(during) < 1.5 * high(before) + 0.2
