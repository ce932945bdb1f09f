"""Row 16 of the fault matrix, for real: PostgreSQL is away while work is paid for.

Away for this database alone: the server is everybody's, so it lets nobody into this one and ends
who is in. (Single connections that are cut: tests/admintools/jobs/test_database_outage.py.)
"""

import time
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import connection

from admintools.jobs.models import Status
from micasillero.catalog.models import PartidaArancelaria
from tests.support.ai_server import AIServer
from tests.support.clocks import at_most, pick
from tests.support.invariants import hold
from tests.support.site import ended, run_until

LINES = 60
AWAY = pick(6.0, 60.0)


@pytest.fixture
def away():
    """A block without the database."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server that could be away.")
    told = connection.settings_dict
    operator = psycopg2.connect(
        host=told["HOST"], port=told["PORT"], user=told["USER"], password=told["PASSWORD"],
        dbname="postgres",
    )  # fmt: skip
    operator.autocommit = True
    name = told["NAME"]

    def say(statement, *values):
        with operator.cursor() as cursor:
            cursor.execute(statement, values)

    @contextmanager
    def block():
        connection.close()
        say(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name)
        try:
            yield
        finally:
            say(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    yield block
    operator.close()


def test_nothing_more_is_paid_for_and_the_run_goes_on_afterwards(site, start, away, page):
    for number in range(LINES):
        PartidaArancelaria.objects.create(
            item_no=f"9503.00.{number:02}.00", descripcion=f"Bienes {number}", is_leaf=True
        )
    with AIServer() as model:
        model.delay = 0.05
        site.env.update(model.env)
        site.worker("ai_generation")
        site.dispatch()
        run = start("generate_keywords", provider="anthropic")
        run_until(run, lambda r: r.checkpoint >= 10)
        with away():
            # What was on its way may still arrive; after that nothing is asked.
            time.sleep(AWAY / 3)
            paid = len(model.requests)
            time.sleep(2 * AWAY / 3)
            assert len(model.requests) == paid
        run = run_until(run, ended, timeout=at_most(60))
        assert (run.status, run.error_message) == (Status.SUCCESS, "")
        asked = model.asked_for()
        assert len(asked) == LINES
        # Each line whose answer could not be written, once more; nobody else's.
        assert sum(asked.values()) <= LINES + model.most_at_once * (run.attempt - 1)
        hold(site, page)
