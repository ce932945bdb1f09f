import pytest

from . import tariffs


@pytest.fixture
def file(tmp_path):
    """Where a test writes its tariff."""
    return tmp_path / "tariff.csv"


@pytest.fixture
def kettles(db, file):
    """Five imported lines, with an empty dirty set."""
    summary = tariffs.import_rows(file, tariffs.KETTLES)
    tariffs.pending()
    return summary
