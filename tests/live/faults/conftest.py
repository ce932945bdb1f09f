"""What the fault tests share: a launcher, the file that says what was done, an open page."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, TaskHistory
from tests.support.visitor import Page, Visitor

BY_TEST = Initiator(Source.COMMAND, name="test")


@pytest.fixture
def start() -> Callable[..., TaskHistory]:
    """Launch a trial job with these parameters."""

    def start(slug: str = "trial_count", **parameters: object) -> TaskHistory:
        return launch(slug, parameters=parameters, initiator=BY_TEST)

    return start


@pytest.fixture
def traced(start, tmp_path) -> Callable[..., TaskHistory]:
    """As start, and each item the body begins is written to a file of the run's own."""
    numbers = iter(range(10_000))

    def traced(slug: str = "trial_count", **parameters: object) -> TaskHistory:
        trace = tmp_path / f"trace-{next(numbers)}"
        return start(slug, trace=str(trace), **parameters)

    return traced


@pytest.fixture
def boss(site) -> Visitor:
    """A superuser's session at a running web server."""
    _, url = site.web()
    return Visitor(url, get_user_model().objects.create_superuser("boss"))


@pytest.fixture
def page(boss) -> Iterator[Page]:
    """An open page of the console."""
    with Page(boss) as page:
        yield page


def trace_of(run: TaskHistory) -> Path:
    return Path(run.parameters["trace"])
