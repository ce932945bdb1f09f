"""deploy/systemd: what systemd says of the units, and that they start what the tests start."""

import configparser
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from admintools.jobs import parts
from admintools.jobs.registry import QUEUES as QUEUE_NAMES
from tests.deploy.shipped import (
    DEPLOY,
    ROOT,
    example_values,
    program,
    seconds,
    started_by_us,
    words,
)

UNITS = DEPLOY / "systemd"
QUEUES = UNITS / "queues"
EXAMPLE = example_values(ROOT / ".env.example")
LONG_LIVED = {
    "web": "sicargabox-web.service",
    "dispatch": "sicargabox-dispatch.service",
    "sync_index": "sicargabox-sync-index.service",
    "notify": "sicargabox-notify.service",
    "beat": "sicargabox-beat.service",
}
WORKER = "sicargabox-worker@.service"
# What systemd adds to every service whose name begins so.
SHARED = UNITS / "sicargabox-.service.d" / "confined.conf"
# systemd's own figure for how much a service could do: 0 nothing, 10 everything.
EXPOSED_AT_MOST = 2.0


def unit(name: str) -> configparser.ConfigParser:
    """With what all share. A key that stands there several times keeps its last value: enough for
    what is asked."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read([UNITS / name, SHARED])
    return parser


def command(name: str, **values: str) -> list[str]:
    line = unit(name)["Service"]["ExecStart"]
    for key, value in {"${LOG_LEVEL}": settings.LOG_LEVEL, "%%": "%", **values}.items():
        line = line.replace(key, value)
    return words(line.split())


def worker_command(instance: str) -> list[str]:
    queues = (QUEUES / instance).read_text().strip().removeprefix("QUEUES=")
    return command(WORKER, **{"%i": instance, "${QUEUES}": queues})


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units as they lie in /etc/systemd/system, with the paths of this machine."""
    place = tmp_path_factory.mktemp("system")
    for file in (*UNITS.glob("sicargabox*.*"), SHARED):
        if file.is_file():
            text = file.read_text().replace("/opt/sicargabox/.venv/bin/python", sys.executable)
            copy = place / file.relative_to(UNITS)
            copy.parent.mkdir(exist_ok=True)
            copy.write_text(text.replace("/opt/sicargabox", str(ROOT)))
    for file in QUEUES.iterdir():
        (place / WORKER.replace("@", f"@{file.name}")).symlink_to(WORKER)
    return place


def analyze(installed: Path, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [program("systemd-analyze"), *arguments],
        cwd=installed,
        env={"PATH": "/usr/bin:/bin", "SYSTEMD_UNIT_PATH": f"{installed}:"},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_systemd_finds_no_fault(installed: Path) -> None:
    names = [file.name for file in installed.iterdir() if file.is_file() and file.name != WORKER]
    done = analyze(installed, "verify", "--man=no", *names)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", [f.name for f in UNITS.glob("*.service") if f.name != WORKER])
def test_systemd_finds_it_confined(installed: Path, name: str) -> None:
    told = analyze(installed, "security", "--offline=true", "--no-pager", f"./{name}").stdout
    (exposure,) = re.findall(rf"level for {name}: ([0-9.]+)", told)
    assert float(exposure) <= EXPOSED_AT_MOST


def test_the_units_start_what_the_tests_start_too() -> None:
    started = {name: command(file) for name, file in LONG_LIVED.items()}
    started |= {f"worker-{file.name}": worker_command(file.name) for file in QUEUES.iterdir()}
    assert started == started_by_us()


def test_the_site_listens_on_loopback_alone() -> None:
    line = unit(LONG_LIVED["web"])["Service"]["ExecStart"]
    assert "--host 127.0.0.1 --port 8000" in line


def test_each_queue_is_served_by_exactly_one_worker() -> None:
    served = [
        queue
        for file in QUEUES.iterdir()
        for queue in file.read_text().strip().removeprefix("QUEUES=").split(",")
    ]
    assert sorted(served) == sorted(QUEUE_NAMES)


def test_what_a_page_says_to_start_is_a_unit(settings) -> None:
    settings.START_COMMAND = EXAMPLE["START_COMMAND"].strip('"')
    for file in QUEUES.iterdir():
        for queue in file.read_text().strip().removeprefix("QUEUES=").split(","):
            told = parts.starts_worker(queue)
            assert told == f"systemctl start sicargabox-worker@{file.name}"
    for process in parts.DIRECT:
        unit_name = parts.starts(process).removeprefix("systemctl start ")
        assert (UNITS / f"{unit_name}.service").is_file()


def test_web_looks_for_the_dumps_where_the_service_leaves_them() -> None:
    made_in = unit("sicargabox-backup.service")["Service"]["Environment"]
    assert made_in == f"BACKUP_DIR={EXAMPLE['BACKUP_DIR']}"


def test_a_worker_gets_longer_than_it_takes_to_leave() -> None:
    service = unit(WORKER)["Service"]
    grace = seconds(service["TimeoutStopSec"])
    assert grace > settings.CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT + 15
    # To the main process alone: its children are its own to end.
    assert (service["KillMode"], service["KillSignal"]) == ("mixed", "SIGTERM")


@pytest.mark.parametrize("name", [*LONG_LIVED.values(), WORKER])
def test_what_lives_long_comes_back_by_itself_and_stops_with_the_target(name: str) -> None:
    parsed = unit(name)
    assert parsed["Service"]["Restart"] == "always"
    assert parsed["Unit"]["StartLimitIntervalSec"] == "0"
    assert parsed["Unit"]["PartOf"] == "sicargabox.target"
    assert parsed["Install"]["WantedBy"] == "sicargabox.target"


@pytest.mark.parametrize("file", sorted(UNITS.glob("*.service")), ids=lambda file: file.name)
def test_each_is_confined(file: Path) -> None:
    service = unit(file.name)["Service"]
    assert service["User"] == "sicargabox"
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""


@pytest.mark.parametrize("file", sorted(UNITS.rglob("*")), ids=lambda file: file.name)
def test_no_password_stands_in_a_unit(file: Path) -> None:
    if file.is_file():
        assert "PASSWORD=" not in file.read_text()
