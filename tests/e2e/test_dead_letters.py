"""What was given up is looked at, replayed with one press, and done once."""

from playwright.sync_api import expect

from micasillero.events.intake import accept
from micasillero.events.models import Event, RawBatch
from tests.support.events import event
from tests.support.visitor import wait_for

LONG = 60_000
PAGE = "/admin/elasticsearch/dead-letters/"


def all_stored():
    return not RawBatch.objects.exclude(state="stored").exists()


def dead_batch():
    row = accept("web", [event(), event()]).batch
    row.give_up("lost", "Every worker that took the batch died or lost the database.")
    return row


def test_what_was_given_up_is_replayed_and_done_once(console):
    rows = [dead_batch() for _ in range(2)]
    page = console.open()
    page.get_by_role("link", name="Ver por qué").click()
    expect(page.get_by_text("murieron o perdieron la base de datos").first).to_be_visible()
    console.site.worker("events", name="events")
    console.site.dispatch()
    page.get_by_role("checkbox", name="Marcar todos los de esta página").check()
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(3)
    # Somebody else was quicker with one of them.
    assert rows[0].replay()
    page.get_by_role("button", name="Repetir").click()
    expect(page.get_by_text("1 repetido.")).to_be_visible(timeout=LONG)
    expect(page.get_by_text("1 ya no estaba pendiente.")).to_be_visible()
    expect(page.get_by_text("No hay ningún fallo pendiente.")).to_be_visible()
    wait_for(all_stored, "stored", timeout=30)
    assert Event.objects.count() == 4
