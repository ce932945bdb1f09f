#!/usr/bin/env python3
"""Make .venv, install one lock file into it, and run a command with it.

    python3 tools/bootstrap.py requirements.txt -- manage.py demo --once

Runs before anything is installed, so it needs only the standard library, and Python 3.7 must
understand it: old ones have to get as far as the sentence that says they are too old. What is
installed already, by the hash of the lock, is not installed again.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

LEAST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"


def main(arguments):
    """Usage: bootstrap.py LOCK [-- COMMAND...]; the exit code is the command's, or 1."""
    lock = arguments[0]
    command = arguments[2:] if arguments[1:2] == ["--"] else []
    require_platform(arguments)
    try:
        if not works(PYTHON, "import pip"):
            require_venv_module()
            make_venv()
        install(lock)
    except OSError as error:
        stop(
            f"{error.filename or VENV} cannot be written: {error.strerror}. Make {ROOT} "
            "writable for this user, or copy the project to a directory that is."
        )
    if command:
        os.chdir(str(ROOT))
        # Else each of the many processes would compile them again.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.execv(str(PYTHON), [str(PYTHON), *command])


def require_platform(arguments):
    """Go on with a newer Python where this one is too old and there is one on PATH."""
    if not sys.platform.startswith("linux"):
        stop("SicargaBox admin tools run on Linux only (docs/decisions.md says why).")
    if sys.version_info >= LEAST:
        return
    for minor in range(14, LEAST[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer and works(newer, "import venv"):
            os.execv(newer, [newer, str(Path(__file__).resolve()), *arguments])
    stop(
        f"Python {LEAST[0]}.{LEAST[1]} or newer is needed; {sys.executable} is "
        f"{sys.version_info[0]}.{sys.version_info[1]}. Install one, or name it: "
        "make demo PYTHON=/path/to/python3.11"
    )


def require_venv_module():
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError as error:
        stop(
            f"{sys.executable} has no {error.name} module, which .venv is made with. Install it "
            "(Debian, Ubuntu: apt install python3-venv) and run this again."
        )


def works(python, code):
    """Whether it is there, starts and can do this: a moved or half-made .venv cannot."""
    try:
        done = subprocess.run([str(python), "-c", code], stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return done.returncode == 0


def make_venv():
    say(f"Making {VENV} ...")
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        stop(
            f"{VENV} could not be made:\n{done.stdout.strip()}\n"
            f"Is {ROOT} writable, and is there room on the disk?"
        )


def install(lock):
    """Install the lock unless exactly this one is installed."""
    wanted = hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()
    stamp = VENV / (".installed-" + Path(lock).name)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    # What is installed now is neither the old state of this lock nor that of another one.
    for other in VENV.glob(".installed-*"):
        other.unlink()
    say(f"Installing {lock} into .venv (about 100 MB, once) ...")
    # Of ten thousand modules a tenth is ever imported: those are compiled when they are first.
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--no-compile"]
    command += ["--disable-pip-version-check", "--require-hashes", "-r", str(ROOT / lock)]
    if subprocess.run(command, cwd=str(ROOT)).returncode:
        stop(
            f"The packages of {lock} could not be installed; pip says why above. Mostly it is the "
            "network or a proxy: see `pip config list`. Run this again when that is mended."
        )
    stamp.write_text(wanted)


def say(line):
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def stop(sentence):
    say(sentence)
    sys.exit(1)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        stop(str(main.__doc__))
    main(sys.argv[1:])
