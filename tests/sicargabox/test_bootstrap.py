"""The first step of `make demo`, on a machine where nothing is installed yet."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

BOOTSTRAP = Path(__file__).resolve().parents[2] / "tools" / "bootstrap.py"


def project_in(place: Path) -> Path:
    """A project in a path with spaces, whose lock file is empty, so that nothing is fetched."""
    root = place / "a path with spaces"
    (root / "tools").mkdir(parents=True)
    shutil.copy(BOOTSTRAP, root / "tools")
    (root / "empty.txt").touch()
    return root


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """One without an environment."""
    return project_in(tmp_path)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess]:
    """A project, and its first bootstrap: it makes the environment, which takes ten seconds."""
    root = project_in(tmp_path_factory.mktemp("made"))
    done = bootstrap(root, "empty.txt", "--", "-c", "import sys; print(sys.prefix); sys.exit(7)")
    return root, done


@pytest.fixture
def made(first: tuple[Path, subprocess.CompletedProcess]) -> Path:
    """A project with its environment, and with what its lock names."""
    (first[0] / "empty.txt").write_text("")
    bootstrap(first[0], "empty.txt")
    return first[0]


def bootstrap(project: Path, *arguments: str, before: str = "") -> subprocess.CompletedProcess:
    """Run it, after some lines that change the world for it."""
    script = project / "tools" / "bootstrap.py"
    argv = [str(script), *arguments]
    code = f"import runpy, sys; sys.argv = {argv!r}\n{before}\n"
    code += f"runpy.run_path({str(script)!r}, run_name='__main__')"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)


def test_it_makes_the_environment_and_hands_over_to_the_command(
    first: tuple[Path, subprocess.CompletedProcess],
) -> None:
    project, done = first
    assert done.returncode == 7, done.stderr
    assert "Making" in done.stderr
    assert "Installing" in done.stderr
    assert done.stdout.strip() == str(project / ".venv")


def test_a_second_time_it_neither_makes_nor_installs(made: Path) -> None:
    assert bootstrap(made, "empty.txt").stderr == ""


def test_a_changed_lock_is_installed_again(made: Path) -> None:
    (made / "empty.txt").write_text("# another version\n")
    said = bootstrap(made, "empty.txt").stderr
    assert "Installing" in said
    assert "Making" not in said


def test_a_lock_that_does_not_fit_its_hashes_is_refused_and_tried_again(made: Path) -> None:
    (made / "bad.txt").write_text("pip==1.0\n")
    for _ in range(2):
        done = bootstrap(made, "bad.txt")
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
