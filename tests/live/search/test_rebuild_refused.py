"""Lines that the engine refuses are named by their code, once an attempt."""

from contextlib import contextmanager

import pytest

from micasillero.search import rebuild as rebuilding
from micasillero.work import SilentWork, WorkError

from .conftest import LINES
from .doubles import Through, only_tantivy

FAULT = "mapper_parsing_exception: failed to parse field [dai]"


class Listening(SilentWork):
    def __init__(self):
        self.refused = []

    def refuse(self, item, code, message, **params):
        self.refused.append((item, code, params["reason"]))


def refusing(engine, count, reason):
    """The engine, with the first ``count`` lines of each pass refused."""

    @contextmanager
    def writer(target):
        with engine.writer(target) as real:
            index, left = real.index, [count]

            def some(lines):
                bad, left[0] = lines[: left[0]], max(0, left[0] - len(lines))
                real.failed.update({line.pk: reason for line in bad})
                index(lines[len(bad) :])

            real.index = some
            yield real

    return Through(engine, writer=writer)


@only_tantivy
@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (FAULT, ("mapper_parsing_exception", "failed to parse field [dai]")),
        ("Too large: 40 KB", ("refused", "Too large: 40 KB")),
    ],
)
def test_they_are_named_once_with_the_engines_reason(
    engine, lines, rebuild, settings, reason, told
):
    settings.SEARCH_FAILURES_ALLOWED = 2
    work = Listening()
    result = rebuild(work, engine=refusing(engine, 2, reason))
    assert (result["failed"], result["documents"]) == (2, LINES - 2)
    assert work.refused == [(line.item_no, *told) for line in lines[:2]]


@only_tantivy
def test_no_more_than_so_many_are_named(engine, lines, rebuild, monkeypatch):
    monkeypatch.setattr(rebuilding, "REFUSED_NAMED", 5)
    work = Listening()
    with pytest.raises(WorkError) as refused:
        rebuild(work, engine=refusing(engine, 12, FAULT))
    assert refused.value.code == "too_many_failures"
    assert [item for item, _code, _reason in work.refused] == [n.item_no for n in lines[:5]]
