"""A supervisor over small services, run in a process of its own: the tests kill it.

`python -m tests.sicargabox.harness DIRECTORY SCRIPT...` starts one service per script, says
`up` once each is ready, and watches.
"""

import os
import sys
from pathlib import Path

from sicargabox.supervisor.process import Service
from sicargabox.supervisor.watch import PartFailed, Signals, StopAsked, Supervisor


def main(directory: Path, scripts: list[str]) -> int:
    with Signals() as signals:
        supervisor = Supervisor(
            log_dir=directory, cwd=directory, env=os.environ, signals=signals, say=print, grace=1.0
        )
        try:
            supervisor.start(*(_service(f"part{n}", script) for n, script in enumerate(scripts)))
            print("up", flush=True)
            supervisor.watch()
        except StopAsked:
            return 0
        except PartFailed as error:
            print(error, flush=True)
            return 1
        finally:
            supervisor.stop()


def _service(name: str, script: str) -> Service:
    return Service(
        name,
        (sys.executable, "-u", "-c", script),
        ready=lambda child: "ready" in child.output(),
        ready_within=5.0,
    )


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
