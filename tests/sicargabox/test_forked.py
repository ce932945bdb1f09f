"""Processes of the product that tests fork are as those that a shell starts."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.support.forked import Forked
from tools.spawned import REPOSITORY, Spawned

OWNER = """
import sys, time
from pathlib import Path
from tests.support.forked import Forked
child = Forked([sys.executable, sys.argv[1]], log=Path(sys.argv[2]))
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def forked(tmp_path):
    def start(program, *arguments, **options):
        script = tmp_path / "program.py"
        script.write_text(program)
        return Forked([sys.executable, script, *arguments], log=tmp_path / "log", **options)

    return start


def test_its_exit_code_and_its_words_are_told(forked):
    process = forked("import sys; print('so', sys.argv[1]); sys.exit(3)", "it is")
    assert process.wait() == 3
    assert process.output() == "so it is\n"


def test_a_signal_that_ended_it_is_told(forked):
    process = forked("import time; time.sleep(60)")
    assert process.running
    assert process.terminate() == -signal.SIGTERM
    assert forked("import os; os.kill(os.getpid(), 9)").wait() == -signal.SIGKILL


def test_a_fault_of_it_ends_it_alone(forked):
    process = forked("raise ValueError('mine')")
    assert process.wait() == 1
    assert "ValueError: mine" in process.output()
    assert forked("pass").wait() == 0


def test_it_has_its_own_environment_folder_and_session_and_no_file_of_ours(forked, tmp_path):
    told = (
        "import os; print(sorted(os.environ), os.getcwd(), os.getsid(0) == os.getpid(), "
        "[f for f in os.listdir('/proc/self/fd') if int(f) > 3])"
    )
    process = forked(told, env={"ONLY": "this"}, cwd=tmp_path)
    assert process.wait() == 0
    assert process.output() == f"['ONLY'] {tmp_path} True []\n"


def test_it_knows_no_settings_and_nothing_of_ours(forked):
    process = forked(
        "import sys; from django.conf import settings; print(settings.configured, [m for m in "
        "sys.modules if m.startswith(('sicargabox', 'admintools', 'micasillero', 'api.'))])"
    )
    assert process.wait() == 0
    assert process.output() == "False []\n"


def test_it_ends_with_whoever_started_it(tmp_path):
    script = tmp_path / "program.py"
    script.write_text("import time; time.sleep(60)")
    argv = [sys.executable, "-c", OWNER, script, tmp_path / "child"]
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    owner = Spawned(argv, log=tmp_path / "owner", env=env)
    pid = owner.wait_until(lambda: owner.output().strip(), "naming its child")
    owner.send(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline, "it is still there"
        time.sleep(0.05)
