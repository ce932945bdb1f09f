"""Nobody notices a rebuild: not who searches, not who writes."""

import threading
import time

import pytest
from django.db import connection

from micasillero.catalog.models import DirtyPartida, PartidaArancelaria
from micasillero.catalog.seeding import seed
from micasillero.search.query import search
from micasillero.search.sync import sync_once
from tests.support.clocks import pick

from .searching import Searcher

# A rebuild long enough to be searched during.
LINES = 2_000
REBUILDS = pick(3, 10)


@pytest.mark.parametrize("kept", pick([1], [1, 0]))
def test_a_client_sees_neither_error_nor_partial_answer_in_any_rebuild(
    live, rebuild, settings, kept
):
    settings.SEARCH_PREVIOUS_KEPT = kept
    seed(LINES)
    rebuild()
    # The same 100 lamps each time, in the same order.
    with Searcher() as client:
        assert len(client.first) == 100
        for _ in range(REBUILDS):
            rebuild()
    assert client.asked > 3 * REBUILDS


def test_a_steady_writer_does_not_keep_a_rebuild_from_ending(live, rebuild, lines):
    """And what it wrote last ends up in the index."""
    over, ids = threading.Event(), [line.pk for line in lines[:50]]

    def write():
        number = 0
        while not over.is_set():
            number += 1
            pk = ids[number % len(ids)]
            PartidaArancelaria.objects.filter(pk=pk).update(descripcion=f"Pararrayos {number}")
            time.sleep(0.01)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        rebuild()
    finally:
        over.set()
        writer.join()
    while DirtyPartida.objects.exists():
        sync_once(live)
    stored = {line.item_no: line.descripcion for line in lines}
    hits = search("pararrayos", 100).hits
    assert len(hits) > 10
    assert all(stored[hit.code] == hit.description for hit in hits)
