"""Fixtures of every test."""

import os
from typing import NoReturn

import pytest

from admintools.jobs import queues
from tools.spawned import Unavailable


def missing(reason: object) -> NoReturn:
    """Skip, saying why; under REQUIRE_ALL=1 (CI) a missing server is a failure."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"REQUIRE_ALL=1, and {reason}")
    pytest.skip(str(reason))


def started(server):
    """Start a server of tests.support, or skip."""
    try:
        return server.start()
    except Unavailable as reason:
        missing(reason)


@pytest.fixture(autouse=True)
def no_facts_of_another_test():
    """Facts about queues are kept for a moment; the rows of the last test are gone."""
    queues.forget()


def pytest_collection_modifyitems(items):
    for item in items:
        folder = item.path.relative_to(item.config.rootpath).parts
        if "live" in folder:
            item.add_marker(pytest.mark.live)
        if "e2e" in folder:
            item.add_marker(pytest.mark.e2e)
