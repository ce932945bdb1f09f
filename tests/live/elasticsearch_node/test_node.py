"""The node as a server: version, security, crash, hang, no orphan."""

import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from elasticsearch import AuthenticationException, ConnectionTimeout, Elasticsearch

from tools.elasticsearch_home import VERSION
from tools.elasticsearch_node import Node
from tools.spawned import Failed, Spawned, descendants

from .indices import create

pytestmark = pytest.mark.live


def test_says_its_version_to_the_client(own: Node, es: Elasticsearch):
    assert es.ping()
    assert es.info()["version"]["number"] == VERSION


def test_security_is_off_unless_asked_for(own: Node, es: Elasticsearch):
    assert es.cluster.health()["status"] in {"green", "yellow"}


@pytest.mark.needs_own_node
def test_with_a_password_nobody_else_is_let_in(own: Node, start_node: Callable[..., Node]):
    with start_node(password="correct horse") as secured:
        with Elasticsearch(secured.url, basic_auth=("elastic", "correct horse")) as client:
            assert client.info()["version"]["number"] == VERSION
        for wrong in (None, ("elastic", "guess")):
            with (
                Elasticsearch(secured.url, basic_auth=wrong) as client,
                pytest.raises(AuthenticationException),
            ):
                client.info()


@pytest.mark.needs_own_node
def test_what_was_acknowledged_survives_a_crash(own: Node, es: Elasticsearch, prefix: str):
    index = create(es, prefix, {"text": {"type": "text"}})
    operations = [line for n in range(500) for line in ({"index": {"_id": n}}, {"text": "x"})]
    assert not es.bulk(index=index, operations=operations)["errors"]
    own.kill()
    own.start()
    es.indices.refresh(index=index)
    assert es.count(index=index)["count"] == 500


@pytest.mark.needs_own_node
def test_a_hanging_node_is_felt_as_a_timeout_and_comes_back(own: Node, es: Elasticsearch):
    own.freeze()
    try:
        with pytest.raises(ConnectionTimeout):
            es.options(request_timeout=1).cluster.health()
    finally:
        own.thaw()
    assert es.cluster.health()


@pytest.mark.needs_own_node
def test_a_node_ends_with_a_starter_that_was_killed(own: Node, tmp_path: Path):
    command = [sys.executable, "-u", "tools/elasticsearch_node.py", "start"]
    starter = Spawned(command, log=tmp_path / "starter.log")
    try:
        starter.wait_for_output("ready in", timeout=90)
        node_processes = [pid for pid in descendants(starter.pid) if is_java(pid)]
        assert len(node_processes) == 2
        starter.send(signal.SIGKILL)
        starter.wait()
        deadline = time.monotonic() + 10
        while living := [pid for pid in node_processes if is_java(pid)]:
            if time.monotonic() > deadline:
                raise Failed(f"still there: {living}")
            time.sleep(0.1)
    finally:
        starter.kill()


def is_java(pid: int) -> bool:
    """Whether this process is a Java one and alive (a zombie has no command line)."""
    try:
        return b"/bin/java" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
