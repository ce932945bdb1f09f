"""The files of deploy/, read as those who use them read them."""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from sicargabox.supervisor import parts
from tests.conftest import missing

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
LISTENING = {"--host": "HOST", "--port": "PORT"}


def program(name: str) -> str:
    """Its path; a machine without it skips the test, or fails it under REQUIRE_ALL=1."""
    found = shutil.which(name)
    return found or missing(f"there is no {name} on PATH (.ci/run installs it)")


def example_values(file: Path) -> dict[str, str]:
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", file.read_text(), re.MULTILINE))


def compose(
    directory: Path, values: Mapping[str, str], file: str = "docker-compose.yml"
) -> subprocess.CompletedProcess:
    """`docker-compose config` of this file beside an .env of these values, and nothing else."""
    directory.mkdir(exist_ok=True)
    shutil.copy(ROOT / file, directory)
    (directory / ".env").write_text("".join(f"{key}={value}\n" for key, value in values.items()))
    return subprocess.run(
        [program("docker-compose"), "-f", file, "config"],
        cwd=directory,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )


def composed(directory: Path, **changed: str) -> dict:
    """The services of docker-compose.yml with the values of deploy/compose.env.example."""
    done = compose(directory, {**example_values(DEPLOY / "compose.env.example"), **changed})
    assert done.returncode == 0, done.stderr
    return yaml.safe_load(done.stdout)


def started_by_us() -> dict[str, list[str]]:
    """What `manage.py up`, and so the tests, start: name of the part and its words."""
    return {part.name: words(part.argv) for part in parts.services("0.0.0.0", 8000)}


def served(services: dict) -> dict[str, list[str]]:
    """The queues of each worker among docker-compose's services."""
    return {
        name: service["command"][service["command"].index("--queues") + 1].split(",")
        for name, service in services.items()
        if name.startswith("worker-")
    }


def words(argv) -> list[str]:
    """A command without what differs from place to place: where Python and manage.py lie, and
    where the site listens."""
    plain = []
    for word in argv:
        if word in (sys.executable, "/opt/sicargabox/.venv/bin/python"):
            word = "python"
        elif word.endswith("/manage.py"):
            word = "manage.py"
        plain.append(LISTENING.get(plain[-1] if plain else "", word))
    return plain


def seconds(length: str) -> int:
    """Of a length of time as docker-compose and systemd write it: 90, 90s, 1m30s."""
    found = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s?)?", str(length))
    assert found and found.group(), length
    minutes, rest = found.groups("0")
    return 60 * int(minutes) + int(rest)


def size(amount: str) -> int:
    """Bytes of an amount of memory as docker-compose, Redis and Java write it: 1g, 512mb."""
    found = re.fullmatch(r"(\d+)([kmg])b?", str(amount).lower())
    assert found, amount
    number, unit = found.groups()
    return int(number) * 1024 ** (1 + "kmg".index(unit))
