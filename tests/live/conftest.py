"""The real servers of tests.support, for every live test."""

from tests.support.fixtures import (  # noqa: F401
    breakable,
    broker,
    engine,
    node,
    redis_server,
    site,
    start_node,
)
