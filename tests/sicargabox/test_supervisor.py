"""The supervisor over small parts of our own: what it starts never outlives it."""

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.spawned import Spawned, descendants

STAYS = "import time; print('ready'); time.sleep(60)"
IGNORES_TERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    "print('ready'); time.sleep(60)"
)
DIES = "import sys, time; print('ready'); time.sleep(0.5); print('my last words'); sys.exit(3)"
NEVER_READY = "import time; print('still busy'); time.sleep(60)"
HAS_CHILD = (
    "import subprocess, sys, time;"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
    "print('ready'); time.sleep(60)"
)


class Group:
    """A supervisor and the processes it began."""

    def __init__(self, directory: Path, *scripts: str) -> None:
        self.process = Spawned(
            [sys.executable, "-m", "tests.sicargabox.harness", directory, *scripts],
            log=directory / "supervisor.out",
        )
        self.parts: list[int] = []

    def come_up(self) -> None:
        self.process.wait_for_output("up", timeout=20)
        self.parts = descendants(self.process.pid)

    def left_after(self, seconds: float) -> list[int]:
        """The parts still alive once they are gone, or after so many seconds."""
        deadline = time.monotonic() + seconds
        while (left := [pid for pid in self.parts if alive(pid)]) and time.monotonic() < deadline:
            time.sleep(0.02)
        return left


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0]
    except OSError:
        return False
    return state != b"Z"


@pytest.fixture
def group(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Group]:
    started = Group(tmp_path, *request.param)
    yield started
    started.process.kill()
    for pid in started.parts:
        assert not alive(pid), "a part outlived its test"


def parts(*scripts: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("group", [scripts], indirect=True, ids=["parts"])


@parts(STAYS, STAYS)
def test_sigterm_ends_every_part_and_the_exit_is_clean(group: Group) -> None:
    group.come_up()
    assert len(group.parts) == 2
    group.process.send(signal.SIGTERM)
    assert group.process.wait(timeout=10) == 0
    assert group.left_after(0) == []


@parts(STAYS)
def test_ctrl_c_is_an_orderly_end(group: Group) -> None:
    group.come_up()
    group.process.send(signal.SIGINT)
    assert group.process.wait(timeout=10) == 0
    assert group.left_after(0) == []


@parts(IGNORES_TERM)
def test_a_part_that_will_not_end_is_killed_after_the_grace_and_named(group: Group) -> None:
    group.come_up()
    group.process.send(signal.SIGTERM)
    assert group.process.wait(timeout=10) == 0
    assert group.left_after(0) == []
    assert "part0 did not end within 1 s: killed." in group.process.output()


@parts(STAYS, DIES)
def test_when_one_part_dies_all_stop_and_it_is_named_with_its_last_words(group: Group) -> None:
    group.come_up()
    assert group.process.wait(timeout=10) == 1
    assert group.left_after(0) == []
    said = group.process.output()
    assert "part1 ended (exit code 3)" in said
    assert "my last words" in said
    assert "part0 ended" not in said


@parts(STAYS, "import sys; sys.exit('no such setting')")
def test_a_part_that_dies_before_it_is_ready_stops_the_start(group: Group) -> None:
    assert group.process.wait(timeout=10) == 1
    assert "part1 ended (exit code 1)" in group.process.output()
    assert "no such setting" in group.process.output()


@parts(NEVER_READY)
def test_a_part_that_is_never_ready_is_given_up_and_named(group: Group) -> None:
    assert group.process.wait(timeout=15) == 1
    assert "part0 was not ready within 5 s" in group.process.output()
    assert "still busy" in group.process.output()


@parts(STAYS, IGNORES_TERM)
def test_kill_9_of_the_supervisor_leaves_no_part_behind(group: Group) -> None:
    group.come_up()
    assert len(group.parts) == 2
    group.process.send(signal.SIGKILL)
    assert group.left_after(3) == []


@parts(HAS_CHILD)
def test_what_a_part_leaves_behind_goes_with_it(group: Group) -> None:
    group.come_up()
    assert len(group.parts) == 2
    group.process.send(signal.SIGTERM)
    assert group.process.wait(timeout=10) == 0
    assert group.left_after(1) == []


@parts(IGNORES_TERM)
def test_a_second_signal_does_not_wait_for_the_grace(group: Group) -> None:
    group.come_up()
    began = time.monotonic()
    group.process.send(signal.SIGTERM)
    time.sleep(0.1)
    group.process.send(signal.SIGTERM)
    assert group.process.wait(timeout=10) == 0
    assert time.monotonic() - began < 0.9
