"""What a page writes about a run, in its state."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from admintools.console import health
from admintools.console.presentation import elapsed, outcome
from admintools.console.responses import run_object
from admintools.console.templatetags.console import above
from admintools.jobs.beats import beat

LAUNCHED = datetime(2026, 11, 20, 16, 38, 34, tzinfo=UTC)
BEGUN = LAUNCHED + timedelta(seconds=4)
ENDED = LAUNCHED + timedelta(minutes=3)
INDEXING = {"phase": "index", "timeline": [{"slug": "prepare"}, {"slug": "index"}]}


@pytest.fixture(autouse=True)
def spanish():
    with translation.override("es-hn"):
        yield


@pytest.fixture
def told(make_run):
    """A run object, with plain spaces, of a run in that state."""

    def tell(**fields):
        run = make_run(**{"epoch": 1, "started_at": BEGUN, "created_at": LAUNCHED, **fields})
        return run_object(run)

    return tell


def test_a_run_that_ended_says_from_when_to_when_and_how_long(told):
    run = told(status="SUCCESS", finished_at=ENDED, attempt=2, initiated_by="ana")
    origin = run["texts"]["origin"].replace("\xa0", " ")
    assert origin.endswith("10:38:34–10:41:34; 2 min 56 s; intento 2")
    assert elapsed(run) == ""


def test_one_that_never_began_took_no_time(told):
    run = told(status="REVOKED", started_at=None, finished_at=ENDED, epoch=0)
    assert run["texts"]["origin"].endswith("10:38:34–10:41:34")


def test_elapsed_time_runs_from_the_start_and_waiting_from_the_launch(told):
    running = {**told(status="STARTED"), "server_time": ENDED.isoformat()}
    assert elapsed(running).replace("\xa0", " ") == "; lleva 2 min 56 s"
    waiting = {**running, "started_at": None}
    assert elapsed(waiting).replace("\xa0", " ") == "; espera desde hace 3 min"


def test_no_percentage_is_claimed_of_what_was_not_counted(told):
    uncounted = told(status="STARTED", total=None)
    assert (uncounted["has_bar"], uncounted["texts"]["percent"]) == (True, "")
    assert told(status="STARTED", total=100)["texts"]["percent"]
    assert not told(status="FAILURE", total=None, finished_at=ENDED)["has_bar"]


def test_where_somebody_cancelled_no_phase_failed(told):
    states = {
        status: [phase["state"] for phase in told(status=status, **INDEXING)["phases"][:3]]
        for status in ("FAILURE", "REVOKED")
    }
    assert states["FAILURE"] == ["done", "failed", "pending"]
    assert states["REVOKED"] == ["done", "stopped", "pending"]


AWAY, FULL, WELL = health.Check(False), health.Check(True, degraded=True), health.Check(True)


class TestUnsent:
    """What must happen before a run is sent is what is said."""

    @pytest.fixture
    def note(self, told, monkeypatch):
        def ask(broker, *, dispatcher):
            monkeypatch.setattr(health, "FRESH_FOR", -1.0)
            monkeypatch.setattr(health, "broker", lambda: broker)
            if dispatcher:
                beat("dispatch", "d1")
            run = told(epoch=0, started_at=None)
            assert run["state"] == "unsent"
            return run["texts"]["note"]

        return ask

    @pytest.mark.parametrize(
        ("broker", "saying"),
        [
            (
                AWAY,
                "El broker no responde. La ejecución está guardada y se enviará cuando responda.",
            ),
            (
                FULL,
                "El broker está lleno. La ejecución está guardada y se enviará cuando haya lugar.",
            ),
            (WELL, "La ejecución está guardada; el despachador la envía"),
        ],
    )
    def test_a_broker_that_is_away_or_full_is_called_so(self, note, broker, saying):
        assert note(broker, dispatcher=True).startswith(saying)

    @pytest.mark.parametrize(("broker", "saying"), [(AWAY, "no responde"), (WELL, "despachador")])
    def test_without_a_dispatcher_nothing_sends_it_whatever_the_broker_does(
        self, note, broker, saying
    ):
        told = note(broker, dispatcher=False)
        assert saying in told
        assert "inicie «manage.py dispatch»" in told
        assert "cuando responda" not in told

    def test_the_page_of_the_run_says_the_same(self, boss, make_run):
        page = boss.get(make_run().get_absolute_url()).content.decode()
        assert page.count("el despachador que la envía no da señales") == 2


class TestSilent:
    """What comes of a run whose worker is silent."""

    @pytest.fixture
    def note(self, told, make_run, monkeypatch):
        def ask(*, lease, dispatcher=True, **fields):
            monkeypatch.setattr(health, "FRESH_FOR", -1.0)
            if dispatcher:
                beat("dispatch", "d1")
            now = timezone.now()
            run = told(
                status="STARTED",
                heartbeat_at=now - timedelta(minutes=2),
                lease_expires_at=now + timedelta(seconds=lease),
                **fields,
            )
            assert run["state"] == "stale"
            return run["texts"]["note"]

        return ask

    def test_another_takes_over_when_the_lease_ends(self, note):
        assert "otro la retoma a las" in note(lease=60)
        assert "Otro la retoma en un momento" in note(lease=-1)

    @pytest.mark.parametrize("fields", [{"job": "rollback_index"}, {"losses": 2}, {"inline": True}])
    def test_nobody_takes_over_what_may_lose_no_more(self, note, fields):
        assert "termina como fallida a las" in note(lease=60, **fields)
        assert "termina como fallida en un momento" in note(lease=-1, **fields)

    def test_a_command_has_no_worker(self, note):
        assert note(lease=60, inline=True).startswith("El proceso del comando no responde.")

    def test_without_a_dispatcher_nothing_comes_of_it(self, note):
        for lease in (60, -1):
            told = note(lease=lease, dispatcher=False)
            assert "Nadie retoma la ejecución" in told
            assert "manage.py dispatch" in told


@pytest.mark.parametrize(
    ("result", "line"),
    [
        ({"added": 418_684, "removed": 0}, "418,684 palabras escritas"),
        ({"created": 3, "updated": 0, "removed": 0, "skipped": 62}, "3 creadas, 62 omitidas"),
        ({"created": 0, "updated": 0, "skipped": 62}, "0 creadas, 0 cambiadas, 62 omitidas"),
        ({"deleted": 0}, "0 borradas"),
        ({"added": 74, "cost_usd": 0.0056}, "74 palabras escritas, US$\xa00.0056"),
    ],
)
def test_a_list_tells_what_came_of_a_run_and_zeros_only_where_nothing_else_did(told, result, line):
    assert outcome(told(status="SUCCESS", finished_at=ENDED, result=result)) == line


def test_of_the_texts_above_a_line_a_list_shows_the_beginnings():
    heading = "Manufacturas " + "de muchas materias, " * 30
    told = above([heading, "Los demás:"])
    first, _sep, second = told.partition(" › ")
    assert first.startswith("Manufacturas de muchas materias,")
    assert first.endswith("…")
    assert len(first) <= 80
    assert second == "Los demás"
