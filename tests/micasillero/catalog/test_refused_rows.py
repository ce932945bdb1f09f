"""The rows that an import leaves out, named one by one to whoever watches the work."""

from micasillero.catalog import importing
from micasillero.catalog.reading import BARE_NUMBER, NO_CODE
from micasillero.work import SilentWork

from .tariffs import KETTLES, import_rows


class Listening(SilentWork):
    def __init__(self):
        self.refused = []

    def refuse(self, item, code, message, **params):
        self.refused.append((item, code, message))


def test_each_is_named_by_its_row_and_code(db, file):
    work = Listening()
    import_rows(file, (*KETTLES, ("7010.9", "- Los demás:"), ("701", "x"), ("", "y")), work=work)
    assert work.refused == [
        ("#7 701", "row_skipped", BARE_NUMBER),
        ("#8", "row_skipped", NO_CODE),
    ]


def test_no_more_than_so_many_are_named(db, file, monkeypatch):
    monkeypatch.setattr(importing, "SKIPPED_NAMED", 3)
    work = Listening()
    summary = import_rows(file, (*KETTLES, *[("", "y")] * 10), work=work)
    assert (len(work.refused), summary.skipped) == (3, 10)
