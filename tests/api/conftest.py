"""A small tariff that is searched, and a client of the API."""

import pytest
from django.core.cache import caches

from api import limits
from micasillero.catalog.models import PartidaArancelaria
from micasillero.search.rebuild import rebuild_index
from micasillero.work import SilentWork
from tests.support.fixtures import embedded  # noqa: F401

ADDRESS = "/api/search/"


@pytest.fixture(autouse=True)
def nothing_counted_and_nothing_kept():
    limits._limits.cache_clear()
    caches["api_responses"].clear()


@pytest.fixture
def tariff(db, embedded):  # noqa: F811
    rows = [
        ("6404.11.00.00", "Tenis para correr", "ALLOWED", ""),
        ("6404.19.00.00", "Los demás zapatos de caucho", "ALLOWED", ""),
        ("3604.10.00.00", "Artículos para fuegos artificiales", "PROHIBITED", "Pueden explotar."),
        ("8806.22.00.00", "Drones para fotos", "RESTRICTED", ""),
    ]
    for code, text, category, reason in rows:
        PartidaArancelaria.objects.create(
            item_no=code, descripcion=text, is_leaf=True, impuesto_dai="0.15",
            courier_category=category, category_reason=reason, permit_authority="",
        )  # fmt: skip
    rebuild_index(work=SilentWork(), token="a")


@pytest.fixture
def ask(client):
    """Ask the API: ``ask(q="tenis", k=3)``; headers by ``headers``."""

    def asked(headers=None, method="get", **parameters):
        return getattr(client, method)(ADDRESS, parameters, headers=headers or {})

    return asked
