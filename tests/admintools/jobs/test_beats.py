"""A worker forks processes while its pulse beats; they must be able to write."""

import os
import subprocess
import sys

FORKS_WHILE_BEATING = """
import os
import django
django.setup()
from django.core.management import call_command
from django.db import DatabaseError, connection, connections
from admintools.jobs import beats

call_command("migrate", verbosity=0)
connection.settings_dict["OPTIONS"]["timeout"] = 1
connections.close_all()
beats.BEAT_EVERY = 0.0001
beats.Pulse("worker", "parent").start()
unable = 0
for number in range(100):
    child = os.fork()
    if child == 0:
        try:
            beats.beat("worker", f"child {number}")
        except DatabaseError:
            os._exit(1)
        os._exit(0)
    unable += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print("unable to write:", unable, flush=True)
os._exit(0)
"""


def test_a_process_forked_while_the_pulse_writes_can_write_too(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | {
        "DJANGO_SETTINGS_MODULE": "sicargabox.settings",
        "VAR_DIR": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", FORKS_WHILE_BEATING],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.stdout.splitlines()[-1:] == ["unable to write: 0"], done.stderr
