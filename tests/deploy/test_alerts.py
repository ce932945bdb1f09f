"""deploy/alerts.yml: every alert asks for a figure that exists, and says what to do."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from admintools.watch import facts, metrics
from tests.deploy.shipped import DEPLOY, ROOT, program

FILE = DEPLOY / "alerts.yml"
ALERTS = {rule["alert"]: rule for rule in yaml.safe_load(FILE.read_text())["groups"][0]["rules"]}
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
# What Prometheus must conclude: figures of an installation, and the alerts they fire after 30 min.
CASES = {
    "a healthy one": ({}, set()),
    "a dead dispatcher": (
        {'sicargabox_process_silence_seconds{process="dispatch"}': "9999"},
        {"SicargaBoxProcessSilent"},
    ),
    "a queue without a worker": (
        {'sicargabox_queue_workers{queue="celery"}': "0"},
        {"SicargaBoxNoWorker"},
    ),
    "a paused queue": (
        {
            'sicargabox_queue_workers{queue="celery"}': "0",
            'sicargabox_queue_oldest_waiting_seconds{queue="celery"}': "9000",
            'sicargabox_queue_paused{queue="celery"}': "1",
        },
        set(),
    ),
    "a run that waits": (
        {'sicargabox_queue_oldest_waiting_seconds{queue="celery"}': "1000"},
        {"SicargaBoxRunWaitsTooLong"},
    ),
    "a second beat": ({'sicargabox_processes{process="beat"}': "2"}, {"SicargaBoxTwoBeats"}),
    "no broker": ({"sicargabox_broker_up": "0"}, {"SicargaBoxBrokerDown"}),
    "a broker that takes nothing": ({"sicargabox_broker_takes": "0"}, {"SicargaBoxBrokerDown"}),
    "a full broker": ({"sicargabox_broker_memory_ratio": "0.95"}, {"SicargaBoxBrokerFull"}),
    "a broker that may evict": (
        {'sicargabox_redis_evicts{server="a"}': "1"},
        {"SicargaBoxBrokerEvicts"},
    ),
    "a cache that may evict": ({'sicargabox_redis_evicts{server="b"}': "1"}, set()),
    "no cache": ({'sicargabox_redis_up{server="b"}': "0"}, {"SicargaBoxCacheDown"}),
    "events that wait": (
        {"sicargabox_event_batches_oldest_seconds": "1000"},
        {"SicargaBoxEventsWait"},
    ),
    "a batch of events given up": (
        {'sicargabox_dead_letters{kind="batch"}': "1"},
        {"SicargaBoxEventsGivenUp"},
    ),
    "events of which some are broken": ({'sicargabox_dead_letters{kind="event"}': "9"}, set()),
    "no database": ({"sicargabox_database_up": "0"}, {"SicargaBoxDatabaseDown"}),
    "no index": ({"sicargabox_index_live": "0"}, {"SicargaBoxSearchDown"}),
    "changes that wait": (
        {"sicargabox_index_pending_changes": "3"},
        {"SicargaBoxChangesNotIndexed"},
    ),
    "a run that does not move": (
        {'sicargabox_runs_stuck{job="rebuild_index"}': "1"},
        {"SicargaBoxRunStuck"},
    ),
    "backups that fail": ({"sicargabox_backup_age_seconds": "6000"}, {"SicargaBoxBackupOld"}),
    "no backup at all": ({"sicargabox_backup_age_seconds": "+Inf"}, {"SicargaBoxBackupOld"}),
    "no site": ({'up{job="sicargabox"}': "0"}, {"SicargaBoxDown"}),
}
HEALTHY = {
    'up{job="sicargabox"}': "1",
    "sicargabox_database_up": "1",
    "sicargabox_broker_up": "1",
    "sicargabox_broker_takes": "1",
    "sicargabox_broker_memory_ratio": "0.5",
    'sicargabox_redis_up{server="a"}': "1",
    'sicargabox_redis_up{server="b"}': "1",
    'sicargabox_redis_evicts{server="a"}': "0",
    'sicargabox_redis_evicts{server="b"}': "1",
    "sicargabox_event_batches_oldest_seconds": "5",
    'sicargabox_dead_letters{kind="batch"}': "0",
    'sicargabox_dead_letters{kind="event"}': "0",
    "sicargabox_index_up": "1",
    "sicargabox_index_live": "1",
    "sicargabox_index_pending_changes": "0",
    'sicargabox_queue_workers{queue="celery"}': "1",
    'sicargabox_queue_paused{queue="celery"}': "0",
    'sicargabox_queue_oldest_waiting_seconds{queue="celery"}': "0",
    'sicargabox_process_silence_seconds{process="dispatch"}': "3",
    'sicargabox_processes{process="beat"}': "1",
    'sicargabox_runs_stuck{job="rebuild_index"}': "0",
    'sicargabox_runs_stale{job="rebuild_index"}': "0",
    "sicargabox_backup_age_seconds": "3700",
}


@pytest.fixture
def exported(db, monkeypatch, settings) -> set[str]:
    """The names of all figures, as with a broker that answers and a directory of dumps."""
    settings.BACKUP_DIR = "/var/backups"
    monkeypatch.setattr(metrics, "_kept", {})
    monkeypatch.setattr(facts, "broker", lambda: facts.BrokerFact(memory=0.5, takes=True))
    text, _content_type = metrics.exposition()
    return set(re.findall(r"^# TYPE (\S+) ", text.decode(), re.MULTILINE))


@pytest.mark.parametrize("alert", ALERTS)
def test_it_asks_for_figures_that_are_exported(alert, exported):
    asked = set(re.findall(r"sicargabox_\w+", ALERTS[alert]["expr"]))
    assert asked <= exported


@pytest.mark.parametrize("alert", ALERTS)
def test_it_says_what_to_do_and_where_that_is_written(alert):
    rule = ALERTS[alert]
    assert rule["labels"]["severity"] == "page"
    assert rule["annotations"]["summary"].endswith(".")
    assert rule["annotations"]["action"].endswith(".")
    file, _sign, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert file == "docs/runbook.md"
    assert anchor in anchors()


def anchors() -> set[str]:
    """Of the runbook's headings, as a forge makes them."""
    headings = re.findall(r"^#+ (.+)$", RUNBOOK, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_prometheus_understands_it():
    check = [program("promtool"), "check", "rules", str(FILE)]
    done = subprocess.run(check, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert f"{len(ALERTS)} rules found" in done.stdout


def test_every_alert_is_tried_below():
    assert set().union(*(fired for _, fired in CASES.values())) == set(ALERTS)


@pytest.mark.parametrize("case", CASES)
def test_it_fires_when_it_should_and_not_otherwise(case: str, tmp_path: Path):
    changed, fired = CASES[case]
    series = [
        {"series": name, "values": " ".join([value] * 121)}
        for name, value in {**HEALTHY, **changed}.items()
    ]
    # After half an hour exactly these alerts fire.
    silent = [{"eval_time": "30m", "alertname": name} for name in ALERTS if name not in fired]
    test = {
        "rule_files": [str(FILE)],
        "evaluation_interval": "30s",
        "tests": [{"interval": "30s", "input_series": series, "alert_rule_test": silent}],
    }
    file = tmp_path / "test.yml"
    file.write_text(yaml.safe_dump(test))
    done = subprocess.run(
        [program("promtool"), "test", "rules", str(file)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name in fired:
        test["tests"][0]["alert_rule_test"] = [{"eval_time": "30m", "alertname": name}]
        file.write_text(yaml.safe_dump(test))
        done = subprocess.run(
            [program("promtool"), "test", "rules", str(file)],
            capture_output=True,
            text=True,
            timeout=30,
        )
        # promtool expected silence and says that it fired.
        assert done.returncode != 0, f"{name} does not fire"
        assert name in done.stdout + done.stderr
