"""Nobody notices a rebuild: not who searches, not who writes."""

import threading
import time

import pytest
from django.db import connection

from micasillero.catalog.models import DirtyPartida, PartidaArancelaria
from micasillero.catalog.seeding import seed
from micasillero.search.query import search
from micasillero.search.sync import sync_once


def codes(text, k=10):
    return [hit.code for hit in search(text, k).hits]


class Client(threading.Thread):
    """Searches 50 times a second and keeps what did not answer like the first time."""

    def __init__(self):
        super().__init__(daemon=True)
        self.over, self.asked, self.wrong = threading.Event(), 0, []
        self.expected = codes("lámparas", 100)

    def run(self):
        while not self.over.wait(0.02):
            self.asked += 1
            try:
                found = codes("lámparas", 100)
            except Exception as error:
                found = repr(error)
            if found != self.expected:
                self.wrong.append(found)


@pytest.mark.parametrize("kept", [1, 0])
def test_a_client_sees_neither_error_nor_partial_answer_in_ten_rebuilds(
    live, rebuild, settings, kept
):
    settings.SEARCH_PREVIOUS_KEPT = kept
    seed(10_000)
    rebuild()
    client = Client()
    # The client wants the same 100 lamps each time, in the same order.
    assert len(client.expected) == 100
    client.start()
    for _ in range(10):
        rebuild()
    client.over.set()
    client.join(10)
    assert client.wrong == []
    assert client.asked > 100


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
