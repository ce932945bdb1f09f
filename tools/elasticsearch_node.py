"""A real Elasticsearch node for tests and benchmarks, without Docker.

    python tools/elasticsearch_node.py fetch                 get and build it, print where it is
    python tools/elasticsearch_node.py start [--port P]      run one until Ctrl-C, print its address

Needs a JDK (17 or newer) and, once, Maven. Use $ELASTICSEARCH_URL to bring your own instead
(`external_url`).
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

if not __package__:  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.elasticsearch_home import java_home, link_tree, prepared_home
from tools.server import Server
from tools.spawned import (
    Failed,
    Spawned,
    Unavailable,
    give,
    identity,
    reachable_by_others,
    service_user,
)

_JVM_OPTIONS = """\
-XX:+UseG1GC
-Djava.io.tmpdir=${ES_TMPDIR}
-XX:+ExitOnOutOfMemoryError
20-:--add-modules=jdk.incubator.vector
"""
_HEALTH = "/_cluster/health?wait_for_status=yellow&wait_for_no_initializing_shards=true&timeout=2s"
_SECURITY_FILES = ("roles.yml", "users", "users_roles", "role_mapping.yml")


def external_url() -> str | None:
    """The Elasticsearch the user brings, from $ELASTICSEARCH_URL: neither started nor stopped."""
    return os.environ.get("ELASTICSEARCH_URL") or None


class Node(Server):
    """One node, a cluster by itself, with security off unless a password is given.

    `heap` and `java_options` are the JVM's: by default only the quick compiler is used, which
    halves the start; a benchmark passes `java_options=""`. `settings` are added to
    elasticsearch.yml. With a `password` security is on, and the user `elastic` has it.
    """

    name = "elasticsearch"
    start_seconds = 90.0

    def __init__(
        self,
        *,
        port: int | None = None,
        directory: Path | None = None,
        heap: str = "256m",
        java_options: str = "-XX:TieredStopAtLevel=1",
        settings: Mapping[str, object] | None = None,
        password: str | None = None,
    ) -> None:
        super().__init__(port=port, directory=directory)
        self.password = password
        self._java_options = f"-Xms{heap} -Xmx{heap} {java_options}".strip()
        self._settings = dict(settings or {})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def config(self) -> Path:
        """Its config directory, where synonym files are looked for."""
        if self.directory is None:
            raise Failed("the node is not started")
        return self.directory / "config"

    def answers(self) -> bool:
        request = urllib.request.Request(self.url + _HEALTH)
        if self.password is not None:
            credentials = base64.b64encode(f"elastic:{self.password}".encode()).decode()
            request.add_header("Authorization", f"Basic {credentials}")
        # A proxy in the environment is not for 127.0.0.1.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=5) as answer:
                return not json.load(answer)["timed_out"]
        except (OSError, ValueError):
            return False

    def _launch(self) -> Spawned:
        java, home = java_home(), prepared_home()
        user = service_user()
        if user is not None and not reachable_by_others(java):
            raise Unavailable(f"the user {user!r}, whom Elasticsearch runs as, cannot read {java}")
        work = self._home(user)
        if user is not None and not reachable_by_others(home):
            if not (work / "home").exists():
                link_tree(home, work / "home")
            home = work / "home"
        self._configure(home, work)
        env = self._environment(java, work)
        if self.password is not None:
            self._keep_password(home, work, env, user)
        for folder in (work, *(work / name for name in ("config", "data", "logs", "tmp"))):
            folder.mkdir(exist_ok=True)
        _give_all_but_home(work, user)
        return Spawned(
            [home / "bin" / "elasticsearch"], log=work / "output.log", env=env, cwd=work, user=user
        )

    def _configure(self, home: Path, work: Path) -> None:
        config = work / "config"
        config.mkdir(exist_ok=True)
        shutil.copy(home / "config" / "log4j2.properties", config)
        (config / "jvm.options").write_text(_JVM_OPTIONS)
        settings = {
            "cluster.name": "sicargabox-fixture",
            "node.name": "n0",
            "path.data": str(work / "data"),
            "path.logs": str(work / "logs"),
            "network.host": "127.0.0.1",
            "http.port": self.port,
            "transport.port": 0,
            "discovery.type": "single-node",
            "xpack.security.enabled": self.password is not None,
            **self._settings,
        }
        lines = [f"{key}: {json.dumps(value)}\n" for key, value in settings.items()]
        (config / "elasticsearch.yml").write_text("".join(lines))

    def _environment(self, java: Path, work: Path) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(work),
            "ES_JAVA_HOME": str(java),
            "ES_JAVA_OPTS": self._java_options,
            # The program that starts the node is one of Java too, and ends when the node does.
            "CLI_JAVA_OPTS": "-XX:TieredStopAtLevel=1",
            "ES_PATH_CONF": str(work / "config"),
            "ES_TMPDIR": str(work / "tmp"),
        }

    def _keep_password(self, home: Path, work: Path, env: dict[str, str], user: str | None) -> None:
        config = work / "config"
        if (config / "elasticsearch.keystore").exists():
            return
        for file in _SECURITY_FILES:
            shutil.copy(home / "config" / file, config)
        (work / "tmp").mkdir(exist_ok=True)
        _give_all_but_home(work, user)
        for arguments in (["create", "-s"], ["add", "-xs", "bootstrap.password"]):
            done = subprocess.run(
                [str(home / "bin" / "elasticsearch-keystore"), *arguments],
                input=self.password,
                capture_output=True,
                text=True,
                cwd=work,
                env=env,
                **identity(user),
            )
            if done.returncode:
                raise Failed(f"elasticsearch-keystore failed: {done.stderr[-1000:]}")


def _give_all_but_home(work: Path, user: str | None) -> None:
    # A linked home shares its files with the cache: they keep their owner.
    for folder in (work / "config", work / "data", work / "logs", work / "tmp"):
        if folder.exists():
            give(folder, user)


def _serve(port: int | None, directory: Path | None, heap: str) -> None:
    """Run a node until we are told to end, or it ends by itself."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    started = time.monotonic()
    with Node(port=port, directory=directory, heap=heap) as node:
        print(f"{node.url}  (ready in {time.monotonic() - started:.1f} s, Ctrl-C ends it)")
        sys.stdout.flush()
        code = node.process.wait(timeout=None)
    raise Failed(f"the node ended by itself ({code})")


def main() -> int:
    parser = argparse.ArgumentParser(description="A real Elasticsearch node, without Docker.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fetch", help="fetch and build it, print where it is")
    start = commands.add_parser("start", help="run one until Ctrl-C")
    start.add_argument("--port", type=int, help="default: a free one")
    start.add_argument("--directory", type=Path, help="keep the data here (default: nowhere)")
    start.add_argument("--heap", default="256m")
    options = parser.parse_args()
    try:
        if options.command == "fetch":
            print(prepared_home())
        else:
            _serve(options.port, options.directory, options.heap)
    except (Failed, Unavailable) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
