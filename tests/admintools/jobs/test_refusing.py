"""Items that the work could not do: kept by name and code."""

import pytest

from admintools.jobs import transitions
from admintools.jobs.models import LogLine
from admintools.jobs.progress import RunWork

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def work(launched, settings):
    settings.PROGRESS_INTERVAL = 0.05
    return RunWork(transitions.claim(launched().pk, 1, worker="w1"))


def test_it_is_a_line_with_the_name_of_the_item(work):
    with work:
        work.refuse("8517.13.00.00", "too_large", "Text of %(size)s KB", size=40)
    line = LogLine.objects.get()
    assert (line.item, line.code, line.level) == ("8517.13.00.00", "too_large", "warning")
    assert (line.text, line.params) == ("Text of %(size)s KB", {"size": 40})


def test_what_a_file_holds_can_be_stored_and_keeps_no_secret(work):
    with work:
        work.refuse("a\x00b" + "x" * 500, "c" * 200, "%(why)s", why="redis://u:hidden@h/0")
    line = LogLine.objects.get()
    assert (len(line.item), len(line.code)) == (200, 60)
    assert "\x00" not in line.item
    assert "hidden" not in line.params["why"]
