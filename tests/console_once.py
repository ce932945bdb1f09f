"""A pytest plugin (-p tests.console_once), for the run on SQLite where one on PostgreSQL is sure to
follow: leaves the console's database tests to that one. What that one leaves out stays here."""

import pytest

from tests.database_only import is_of_the_database

CONSOLE = "tests/admintools/console/"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    later = {i for i in items if i.nodeid.startswith(CONSOLE) and is_of_the_database(i)}
    config.hook.pytest_deselected(items=list(later))
    items[:] = [item for item in items if item not in later]
