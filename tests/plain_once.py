"""A pytest plugin (-p tests.plain_once), for the run on SQLite where one on PostgreSQL is sure to
follow: leaves to that one the database tests of what asks the database in a few plain ways. What
that one leaves out stays here."""

import pytest

from tests.database_only import is_of_the_database

PLAIN = (
    "tests/admintools/console/",
    "tests/api/",
    "tests/micasillero/classification/",
    "tests/micasillero/generation/",
    "tests/micasillero/keywords/",
    "tests/micasillero/learning/",
    "tests/micasillero/quality/",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    later = {i for i in items if i.nodeid.startswith(PLAIN) and is_of_the_database(i)}
    config.hook.pytest_deselected(items=list(later))
    items[:] = [item for item in items if item not in later]
