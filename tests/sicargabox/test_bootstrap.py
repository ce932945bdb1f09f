"""The first step of `make demo`, on a machine where nothing is installed yet."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BOOTSTRAP = Path(__file__).resolve().parents[2] / "tools" / "bootstrap.py"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in a path with spaces, whose lock file is empty, so that nothing is fetched."""
    root = tmp_path / "a path with spaces"
    (root / "tools").mkdir(parents=True)
    shutil.copy(BOOTSTRAP, root / "tools")
    (root / "empty.txt").touch()
    return root


def bootstrap(project: Path, *arguments: str, before: str = "") -> subprocess.CompletedProcess:
    """Run it, after some lines that change the world for it."""
    script = project / "tools" / "bootstrap.py"
    argv = [str(script), *arguments]
    code = f"import runpy, sys; sys.argv = {argv!r}\n{before}\n"
    code += f"runpy.run_path({str(script)!r}, run_name='__main__')"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)


def test_it_makes_the_environment_and_hands_over_to_the_command(project: Path) -> None:
    done = bootstrap(project, "empty.txt", "--", "-c", "import sys; print(sys.prefix); sys.exit(7)")
    assert done.returncode == 7, done.stderr
    assert done.stdout.strip() == str(project / ".venv")


def test_a_second_time_it_neither_makes_nor_installs(project: Path) -> None:
    assert "Installing" in bootstrap(project, "empty.txt").stderr
    assert bootstrap(project, "empty.txt").stderr == ""


def test_a_changed_lock_is_installed_again(project: Path) -> None:
    bootstrap(project, "empty.txt")
    (project / "empty.txt").write_text("# another version\n")
    assert "Installing" in bootstrap(project, "empty.txt").stderr


def test_a_lock_that_does_not_fit_its_hashes_is_refused_and_tried_again(project: Path) -> None:
    (project / "bad.txt").write_text("pip==1.0\n")
    for _ in range(2):
        done = bootstrap(project, "bad.txt")
        assert done.returncode == 1
        assert "bad.txt could not be installed" in done.stderr


def test_an_old_python_is_told_what_it_needs(project: Path, tmp_path: Path) -> None:
    old = f"import os; sys.version_info = (3, 9, 2); os.environ['PATH'] = {str(tmp_path)!r}"
    done = bootstrap(project, "empty.txt", before=old)
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "is 3.9" in done.stderr


def test_a_python_without_venv_is_told_what_to_install(project: Path) -> None:
    done = bootstrap(project, "empty.txt", before="sys.modules['ensurepip'] = None")
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert not (project / ".venv").exists()


def test_a_directory_that_cannot_be_written_is_a_sentence(project: Path) -> None:
    (project / ".venv").touch()
    (project / ".venv").chmod(0o400)
    done = bootstrap(project, "empty.txt")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"Is {project} writable" in done.stderr
