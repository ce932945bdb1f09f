"""The Elasticsearch of the tests: fetched once from Maven Central, completed by our plugin.

The artifact is the real server without most of its modules; the plugin (elasticsearch_plugin/)
brings the analysis parts that the index uses. It lies in var/elasticsearch, or in
$ELASTICSEARCH_HOME_CACHE, which several checkouts may share. VAR_DIR is not consulted: the tests
point it at a new directory each run. The licence of the artifact (AGPL, SSPL, Elastic) allows a
cache, not a copy in the repository.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import string
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.spawned import REPOSITORY, Unavailable

VERSION = "8.19.21"
ZIP_SHA256 = "215d5f3dbf0609a149f6218a9e47b6ae2df34ebbff3c5754e35f15a5e5393c8a"
OLDEST_JAVA = 17

_ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
_COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy"
_SOURCES = REPOSITORY / "tools" / "elasticsearch_plugin"


def prepared_home() -> Path:
    """The directory to run Elasticsearch from; fetched and built at the first call.

    Nothing in it is ever changed afterwards: another plugin source makes another directory, so
    running nodes and other checkouts are not disturbed. Raises Unavailable.
    """
    java = java_home()
    cache = _cache()
    home = cache / f"home-{VERSION}-{_plugin_hash()}"
    if home.exists():  # complete, since it is put there by a rename
        return home
    try:
        with _locked(cache):
            if not home.exists():
                _make(home, java, _distribution(cache))
    except OSError as error:
        raise Unavailable(f"cannot prepare Elasticsearch in {cache}: {error}") from error
    return home


def _make(home: Path, java: Path, distribution: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="home-", dir=home.parent) as folder:
        staging = Path(folder) / "home"
        link_tree(distribution, staging)
        _build_plugin(java, staging)
        staging.rename(home)


def java_home() -> Path:
    """A JDK, 17 or newer: $ES_JAVA_HOME, $JAVA_HOME, or the one on PATH. Raises Unavailable."""
    on_path = shutil.which("javac")
    candidates = [os.environ.get("ES_JAVA_HOME"), os.environ.get("JAVA_HOME")]
    candidates.append(str(Path(on_path).resolve().parent.parent) if on_path else None)
    reasons = []
    for candidate in filter(None, candidates):
        home = Path(candidate)
        if reason := _unfit(home):
            reasons.append(f"{home}: {reason}")
        else:
            return home
    found = "; ".join(reasons) or "neither ES_JAVA_HOME, JAVA_HOME nor javac on PATH"
    raise Unavailable(f"Elasticsearch needs a JDK, {OLDEST_JAVA} or newer ({found})")


def _unfit(home: Path) -> str | None:
    for program in ("java", "javac", "jar"):
        if not os.access(home / "bin" / program, os.X_OK):
            return f"has no bin/{program}"
    answer = _run([str(home / "bin" / "javac"), "-version"], "javac -version")
    version = re.search(r"javac (\d+)", answer)
    if version is None or int(version[1]) < OLDEST_JAVA:
        return f"is {answer.strip()}"
    return None


def link_tree(source: Path, target: Path) -> None:
    """Copy a tree by hard links, or by real copies to another file system."""

    def link(one: str, other: str) -> None:
        try:
            os.link(one, other)
        except OSError:
            shutil.copy2(one, other)

    shutil.copytree(source, target, copy_function=link)


def _cache() -> Path:
    named = os.environ.get("ELASTICSEARCH_HOME_CACHE")
    cache = Path(named).expanduser() if named else REPOSITORY / "var" / "elasticsearch"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"cannot write the Elasticsearch cache {cache}: {error}") from error
    return cache.resolve()


@contextmanager
def _locked(cache: Path) -> Iterator[None]:
    with (cache / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _distribution(cache: Path) -> Path:
    target = cache / f"distribution-{VERSION}"
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(prefix="fetch-", dir=cache) as folder:
        archive = _fetch(Path(folder))
        with zipfile.ZipFile(archive) as content:
            content.extractall(folder)
        unpacked = Path(folder) / f"elasticsearch-{VERSION}"
        # zipfile drops the execute bits, and the archive's config is closed to other users.
        for path in (unpacked, *unpacked.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.parent == unpacked / "bin" else 0o644)
        unpacked.rename(target)
    return target


def _fetch(folder: Path) -> Path:
    maven = shutil.which("mvn")
    if maven is None:
        raise Unavailable(
            "mvn (Maven) is needed once, to fetch Elasticsearch; or name a running one in "
            "ELASTICSEARCH_URL"
        )
    goal = [maven, "-q", "-B", "-C", _COPY_GOAL, f"-Dartifact={_ARTIFACT}"]
    _run([*goal, f"-DoutputDirectory={folder}"], "Fetching Elasticsearch by Maven", cwd=folder)
    archive = folder / f"elasticsearch-{VERSION}.zip"
    with archive.open("rb") as content:
        if hashlib.file_digest(content, "sha256").hexdigest() != ZIP_SHA256:
            raise Unavailable(f"the fetched {archive.name} is not the one pinned by its SHA-256")
    return archive


def _plugin_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted(_SOURCES.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _build_plugin(java: Path, home: Path) -> None:
    plugin = home / "plugins" / "analysis-fixture"
    plugin.mkdir(parents=True)
    template = (_SOURCES / "plugin-descriptor.properties.template").read_text()
    descriptor = string.Template(template).substitute(version=VERSION)
    (plugin / "plugin-descriptor.properties").write_text(descriptor)
    with tempfile.TemporaryDirectory() as classes:
        sources = [str(path) for path in sorted(_SOURCES.glob("*.java"))]
        compiler = [str(java / "bin" / "javac"), "-proc:none", "--release", str(OLDEST_JAVA)]
        _run([*compiler, "-cp", f"{home}/lib/*", "-d", classes, *sources], "javac")
        jar = [str(java / "bin" / "jar"), "cf", str(plugin / "analysis-fixture.jar")]
        _run([*jar, "-C", classes, "."], "jar")
    for path in (plugin, *plugin.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _run(command: list[str], what: str, cwd: Path | None = None) -> str:
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{what} failed: {error}") from error
    if done.returncode:
        raise Unavailable(f"{what} failed ({done.returncode}): {done.stdout[-1500:].strip()}")
    return done.stdout
