import pytest
from django.utils import translation

from micasillero.compliance import live


@pytest.fixture(autouse=True)
def no_rules_of_another_test():
    """A process keeps its rules for a moment; those of the last test are gone."""
    live.forget()
    yield
    live.forget()


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield
