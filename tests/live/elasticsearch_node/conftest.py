"""One node for the contract tests, or the server of ELASTICSEARCH_URL in its place.

On such a server the contract is checked too; what needs a node of our own (files, faults,
security) is left out.
"""

import secrets
from collections.abc import Iterator

import pytest
from elasticsearch import Elasticsearch

from tools.elasticsearch_node import Node, external_url


@pytest.fixture
def node(request: pytest.FixtureRequest) -> Node | None:
    """Not the one that others use at the same time: it is killed and frozen here."""
    return None if external_url() else request.getfixturevalue("breakable").start()


@pytest.fixture
def own(node: Node | None) -> Node:
    if node is None:
        pytest.skip("ELASTICSEARCH_URL is set: the test would break that server")
    return node


@pytest.fixture
def es(node: Node | None) -> Iterator[Elasticsearch]:
    url = node.url if node else external_url()
    with Elasticsearch(url, request_timeout=20, retry_on_timeout=False, max_retries=0) as client:
        yield client


@pytest.fixture
def prefix(es: Elasticsearch) -> Iterator[str]:
    """The beginning of this test's index names; they are deleted after it."""
    start = f"contract-{secrets.token_hex(4)}"
    yield start
    for index in es.indices.get(index=f"{start}*"):
        es.indices.delete(index=index)
