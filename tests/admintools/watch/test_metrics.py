"""`/metrics`: each figure is what the database says. Who may read them: test_metrics_guard.py."""

from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from admintools.jobs import beats
from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import QueuePause, Source, Status, TaskHistory
from admintools.jobs.registry import QUEUES, registry
from admintools.watch import facts, metrics
from micasillero.catalog.models import DirtyPartida
from micasillero.events.models import RawBatch, RejectedEvent

TOKEN = "t" * 32
BY_TEST = Initiator(Source.COMMAND, name="test")


@pytest.fixture(autouse=True)
def read_anew(monkeypatch, settings):
    settings.METRICS_TOKEN = TOKEN
    monkeypatch.setattr(metrics, "FRESH_FOR", 0.0)


@pytest.fixture
def figures(client, db):
    """Asks once; answers {(name, labels...): value}."""

    def ask() -> dict:
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        families = text_string_to_metric_families(answer.content.decode())
        return {
            (sample.name.removeprefix("sicargabox_"), *sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
        }

    return ask


def start(slug="trial_count") -> TaskHistory:
    return launch(slug, parameters={}, initiator=BY_TEST)


def make(run: TaskHistory, **values) -> None:
    TaskHistory.objects.filter(pk=run.pk).update(**values)


def ago(**length) -> object:
    return timezone.now() - timedelta(**length)


class TestRuns:
    def test_waiting_and_running_are_told_apart(self, figures):
        make(start(), status=Status.PROGRESS, heartbeat_at=ago())
        make(start(), status=Status.RETRY)
        start()
        found = figures()
        assert found["runs", "trial_count", "running"] == 1
        assert found["runs", "trial_count", "waiting"] == 2
        assert found["runs", "rebuild_index", "waiting"] == 0

    def test_silent_and_stuck_ones_are_counted(self, figures):
        silent, stuck, well = start(), start(), start()
        running = {"status": Status.PROGRESS, "heartbeat_at": ago(), "progressed_at": ago()}
        make(silent, **{**running, "heartbeat_at": ago(minutes=5)})
        make(stuck, **{**running, "progressed_at": ago(days=1)})
        make(well, **running)
        found = figures()
        assert found["runs_stale", "trial_count"] == 1
        assert found["runs_stuck", "trial_count"] == 1

    def test_how_they_ended_is_counted_for_an_hour(self, figures):
        for minutes in (1, 59, 61):
            make(start(), status=Status.FAILURE, finished_at=ago(minutes=minutes))
        assert figures()["runs_ended_last_hour", "trial_count", "failure"] == 2

    def test_a_job_that_no_longer_exists_adds_no_label(self, figures):
        make(start(), job="a_job_of_last_year")
        found = figures()
        assert found["runs", facts.UNKNOWN_JOB, "waiting"] == 1
        assert not [key for key in found if "a_job_of_last_year" in key]


class TestQueues:
    def test_the_longest_wait_counts_from_when_it_could_start(self, figures):
        queue = registry.get("trial_count").queue
        make(start(), created_at=ago(seconds=300), next_attempt_at=ago(seconds=60))
        make(start(), next_attempt_at=ago(seconds=-600), status=Status.RETRY)
        assert figures()["queue_oldest_waiting_seconds", queue] == pytest.approx(60, abs=5)

    def test_an_empty_queue_has_no_wait(self, figures):
        assert figures()["queue_oldest_waiting_seconds", "elasticsearch"] == 0

    def test_its_workers_and_whether_it_is_paused(self, figures):
        beats.beat("worker", "one@here", ["elasticsearch", "celery"])
        beats.beat("worker", "two@here", ["celery"])
        QueuePause.objects.create(queue="celery", paused_by="ana")
        found = figures()
        assert found["queue_workers", "elasticsearch"] == 1
        assert found["queue_workers", "celery"] == 2
        assert found["queue_paused", "celery"] == 1
        assert found["queue_paused", "elasticsearch"] == 0

    def test_every_queue_is_told_also_one_that_no_job_uses(self, figures):
        beats.beat("worker", "one@here", ["events"])
        found = figures()
        told = {key[1]: value for key, value in found.items() if key[0] == "queue_workers"}
        assert told == {**dict.fromkeys(QUEUES, 0), "events": 1}

    def test_the_messages_that_lie_on_the_broker(self, figures, broker):
        broker.client().lpush("events", "x", "y")
        broker.client().lpush("events\x06\x166", "z")
        found = figures()
        told = {key[1]: value for key, value in found.items() if key[0] == "queue_messages"}
        assert told == {**dict.fromkeys(QUEUES, 0), "events": 3}


class TestEvents:
    def batch(self, **fields):
        return RawBatch.objects.create(client="c", events=[], size=1, **fields)

    def test_batches_that_wait_and_for_how_long(self, figures):
        assert figures()["event_batches_oldest_seconds",] == 0
        self.batch(received_at=ago(seconds=300))
        self.batch()
        self.batch(state="stored", received_at=ago(days=1))
        found = figures()
        assert found["event_batches_waiting",] == 2
        assert found["event_batches_oldest_seconds",] == pytest.approx(300, abs=5)

    def test_what_was_given_up_by_kind(self, figures):
        self.batch(state="dead")
        self.batch(state="discarded")
        for state in ("dead", "dead", "replayed"):
            RejectedEvent.objects.create(client="c", event={}, error_code="x", state=state)
        make(start(), status=Status.FAILURE, finished_at=ago())
        found = figures()
        assert found["dead_letters", "run"] == 1
        assert found["dead_letters", "batch"] == 1
        assert found["dead_letters", "event"] == 2
        assert found["dead_letters", "delivery"] == 0


class TestProcesses:
    def test_one_that_never_was_is_silent_for_ever(self, figures):
        found = figures()
        assert found["process_silence_seconds", "dispatch"] == float("inf")
        assert found["processes", "dispatch"] == 0

    def test_the_youngest_sign_of_two_counts(self, figures):
        beats.beat("beat", "beat@one:1")
        beats.beat("beat", "beat@two:1")
        found = figures()
        assert found["process_silence_seconds", "beat"] < 5
        assert found["processes", "beat"] == 2


class TestServers:
    def test_a_broker_that_is_away_is_zero(self, figures, broker):
        assert figures()["broker_up",] == 1
        broker.stop()
        found = figures()
        assert found["broker_up",] == 0
        assert ("broker_memory_ratio",) not in found

    def test_how_full_the_broker_is(self, figures, broker):
        client = broker.client()
        assert figures()["broker_memory_ratio",] == 0
        client.config_set("maxmemory", client.info("memory")["used_memory"] * 2)
        assert 0.4 < figures()["broker_memory_ratio",] < 0.6

    def test_a_full_broker_takes_nothing(self, figures, broker):
        assert figures()["broker_takes",] == 1
        broker.client().config_set("maxmemory", "100kb")
        found = figures()
        assert (found["broker_up",], found["broker_takes",]) == (1, 0)

    def test_asking_the_broker_leaves_nothing_in_it(self, figures, broker):
        figures()
        assert broker.client().dbsize() == 0

    def test_each_redis_by_its_letter(self, figures, broker, settings):
        settings.CELERY_RESULT_BACKEND = broker.url(1)
        settings.CHANNELS_URL = "redis://127.0.0.1:1/5"
        broker.client().config_set("maxmemory", "64mb")
        found = figures()
        assert (found["redis_up", "a"], found["redis_up", "b"]) == (1, 0)
        assert found["redis_memory_limit_bytes", "a"] == 64 * 1024 * 1024
        assert 0 < found["redis_memory_used_bytes", "a"] < 64 * 1024 * 1024
        assert found["redis_memory_resident_bytes", "a"] > 0
        assert (found["redis_evicts", "a"], found["redis_evicted_keys", "a"]) == (0, 0)
        assert ("redis_evicts", "b") not in found

    def test_of_a_broker_that_is_away_nothing_more_is_told(self, figures, broker):
        broker.stop()
        found = figures()
        assert found["redis_up", "a"] == 0
        assert not [key for key in found if key[0] in ("queue_messages", "redis_evicts")]

    def test_lines_of_the_database_and_changes_that_wait(self, figures):
        DirtyPartida.objects.create(partida_id=1)
        found = figures()
        assert found["database_documents",] == 0
        assert found["index_pending_changes",] == 1
        assert found["index_live",] == 0

    def test_without_the_database_it_says_so_and_the_rest_is_left_out(self, figures, monkeypatch):
        from django.db import OperationalError

        def away(now):
            raise OperationalError

        monkeypatch.setattr(facts, "jobs", away)
        found = figures()
        assert found["database_up",] == 0
        assert ("broker_up",) in found
        assert not [key for key in found if key[0] == "runs"]


def test_many_who_ask_cause_one_reading(figures, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(metrics, "FRESH_FOR", 60.0)
    monkeypatch.setattr(metrics, "_kept", {})
    first = figures()
    with django_assert_num_queries(0):
        assert figures() == first


def test_the_number_of_series_does_not_grow_with_the_history(figures):
    before = len(figures())
    for _ in range(30):
        make(start(), status=Status.SUCCESS, finished_at=ago(minutes=1))
    assert len(figures()) == before


def test_it_asks_the_database_few_questions_however_many_runs_there_are(
    figures, django_assert_max_num_queries
):
    for name in facts.SINGLE_PROCESSES:
        beats.beat(name, f"{name}@here:1")
    TaskHistory.objects.bulk_create(
        TaskHistory(
            job="trial_count",
            queue="learning",
            status=(Status.PENDING, Status.PROGRESS, Status.FAILURE, Status.SUCCESS)[number % 4],
            heartbeat_at=ago(),
            finished_at=ago(minutes=number) if number % 4 > 1 else None,
        )
        for number in range(400)
    )
    # One of them for the deliveries that were given up.
    with django_assert_max_num_queries(15):
        figures()


class TestDumps:
    def made(self, place, **length):
        moment = ago(**length).strftime("%Y%m%dT%H%M%SZ")
        (place / f"sicargabox-{moment}.dump").touch()

    def test_the_age_is_that_of_the_newest(self, figures, settings, tmp_path):
        settings.BACKUP_DIR = str(tmp_path)
        self.made(tmp_path, hours=3)
        self.made(tmp_path, hours=2)
        (tmp_path / "unfinished.1").touch()
        (tmp_path / "sicargabox-before-the-move.dump").touch()
        assert figures()["backup_age_seconds",] == pytest.approx(7200, abs=5)

    @pytest.mark.parametrize("name", ["", "not there"])
    def test_where_none_is_seen_it_is_infinite(self, figures, settings, tmp_path, name):
        settings.BACKUP_DIR = str(tmp_path / name)
        assert figures()["backup_age_seconds",] == float("inf")

    def test_where_no_directory_is_named_there_is_no_figure(self, figures):
        assert ("backup_age_seconds",) not in figures()
