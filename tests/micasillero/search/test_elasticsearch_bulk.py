"""What the writer of bulks says when the other end goes away in the middle of them."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from micasillero.search.documents import lineage_of, lines_of
from micasillero.search.engines import elasticsearch_bulk
from micasillero.search.engines.elasticsearch_bulk import BulkWriter
from micasillero.search.engines.elasticsearch_client import connect
from micasillero.work import TryAgain

ROW = ("8517.13.00.00", "Teléfonos", "Phones", "FREE", "", "", 0.15, 0.0, 0.0, 0.15)


class HangsUp(BaseHTTPRequestHandler):
    """Drops every call without an answer; the one with line 1 after all the others."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if b'"_id":"1"' in body:
            time.sleep(0.2)
        self.close_connection = True


@pytest.fixture
def dropped(settings):
    server = ThreadingHTTPServer(("127.0.0.1", 0), HangsUp)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.ELASTICSEARCH_URL = f"http://127.0.0.1:{server.server_port}"
    yield
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_body_that_waits_its_turn_tells_what_the_first_to_give_up_met(dropped, monkeypatch):
    """Asked first, and tried once only, it once said that Elasticsearch was busy."""
    monkeypatch.setattr(elasticsearch_bulk, "CHUNK_DOCUMENTS", 1)
    monkeypatch.setattr(elasticsearch_bulk, "RETRIES", 2)
    monkeypatch.setattr(elasticsearch_bulk, "FIRST_WAIT_SECONDS", 0.3)
    writer = BulkWriter(connect(), "partidas", visible=False)
    rows = [(pk, pk, *ROW) for pk in (1, 2, 3)]
    with pytest.raises(TryAgain, match="does not answer"), writer.session():
        writer.index(lines_of(rows, [lineage_of([])] * len(rows), {}))
