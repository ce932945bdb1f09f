"""What .dockerignore lets into the image is the product, whole, and nothing private.

No Docker engine builds it here: the files are copied as the build would, and started.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.shipped import DEPLOY, ROOT

DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
LET_IN = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory /app of the image."""
    app = tmp_path_factory.mktemp("image") / "app"
    for name in LET_IN:
        source, target = ROOT / name, app / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    return app


def manage(image: Path, var: Path, *arguments: str) -> subprocess.CompletedProcess:
    env = {"PATH": os.environ["PATH"], "VAR_DIR": str(var), "SECRET_KEY": "s" * 50}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=image,
        env={**env, "DJANGO_SETTINGS_MODULE": "sicargabox.settings"},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_everything_is_left_out_that_is_not_let_in() -> None:
    first = [n for n in (ROOT / ".dockerignore").read_text().splitlines() if n[:1] not in ("", "#")]
    assert first[0] == "*"
    assert not {".env", "var", ".git", "tests", "docs"} & set(LET_IN)


def test_what_migrate_runs_works_with_what_is_in_it(image: Path, tmp_path: Path) -> None:
    for command in (("check",), ("migrate", "--noinput"), ("collectstatic", "--noinput")):
        done = manage(image, tmp_path, *command)
        assert done.returncode == 0, done.stderr
    assert list((tmp_path / "static" / "console").glob("*"))


def test_what_the_dockerfile_copies_is_let_in(image: Path) -> None:
    for source in re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE):
        assert (image / source).exists(), source


def test_it_installs_from_hashes_and_runs_as_nobody_special() -> None:
    assert DOCKERFILE.count("pip install") == DOCKERFILE.count("--require-hashes")
    for stage in DOCKERFILE.split("\nFROM run AS ")[1:]:
        assert stage.rstrip().endswith("USER sicargabox")


def test_both_lock_files_name_the_same_versions() -> None:
    def versions(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9_.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))

    product, flower = versions("requirements.txt"), versions("requirements-flower.txt")
    assert product == {name: flower.get(name) for name in product}
    assert "flower" in flower
