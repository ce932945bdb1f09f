"""A pytest plugin (-p tests.database_only): keeps the tests that use the database, for the run
on PostgreSQL; the others would only do again what the run on SQLite did."""

import pytest

# What these show hangs on no database, and they take long.
ALIKE_ANYWHERE = (
    "tests/sicargabox/test_demo.py",
    "tests/admintools/console/test_permissions.py",
    "tests/admintools/console/test_hostile_text.py",
    *(
        f"tests/admintools/console/test_{page}.py"
        for page in ("classify", "comparisons", "failed_items", "home", "launch_confirm")
    ),
    *(
        f"tests/admintools/console/test_{page}.py"
        for page in ("launch_retry", "manifests", "preview", "quality", "review_runs")
    ),
    "tests/micasillero/catalog/test_real_file.py",
)
FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept = [item for item in items if is_of_the_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def is_of_the_database(item: pytest.Item) -> bool:
    """Whether the run on PostgreSQL has this test."""
    if item.nodeid.startswith(ALIKE_ANYWHERE):
        return False
    if item.get_closest_marker("django_db"):
        return True
    return bool(FIXTURES & set(getattr(item, "fixturenames", ())))
