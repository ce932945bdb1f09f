"""A pytest plugin (-p tests.by_file) for --dist loadfile: which files go to one process together.

Each process that breaks an Elasticsearch node starts one for it, which takes as long as twenty
tests do.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

BREAKING_A_NODE = (
    "tests/live/elasticsearch_node/",
    "tests/live/faults/test_elasticsearch.py",
    "tests/live/search/test_rebuild_elasticsearch_faults.py",
    "tests/live/search/test_rebuild_faults.py",
)


class ByFile(LoadFileScheduling):
    """One file after the other to whoever is free; what breaks a node is as one file."""

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(BREAKING_A_NODE):
            return "breaking a node"
        return super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    return ByFile(config, log) if config.getvalue("dist") == "loadfile" else None
