import pytest

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source


@pytest.fixture
def by_command():
    return Initiator(Source.COMMAND, name="test")


@pytest.fixture
def launched(db, by_command):
    """A run of trial_count, written and not yet claimed (no broker answers in fast tests)."""

    def make(slug="trial_count", **parameters):
        return launch(slug, parameters=parameters, initiator=by_command)

    return make
