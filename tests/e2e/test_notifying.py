"""Notification settings in a browser: made, its secret kept, tested, switched off by a 410."""

import pytest
from playwright.sync_api import expect
from standardwebhooks import Webhook

from tests.support.receiver import Receiver, Reply


@pytest.fixture
def site(site):
    site.env |= {
        "NOTIFY_ALLOWED_HOSTS": "localhost",
        "NOTIFY_ALLOW_HTTP": "True",
        "NOTIFY_PRIVATE_NETWORKS": "127.0.0.0/8",
    }
    return site


@pytest.fixture
def receiver():
    with Receiver() as server:
        yield server


def test_a_webhook_is_made_tested_and_switched_off_when_it_is_gone(unattended, receiver):
    unattended.site.worker("notifications")
    page = unattended.open("/admin/elasticsearch/notifications/")
    page.get_by_role("link", name="Nueva notificación").click()
    page.get_by_label("Por", exact=True).select_option("webhook")
    page.get_by_label("Dirección").fill("https://evil.example/")
    page.get_by_label("Una ejecución falló").check()
    page.get_by_label("Silencio desde las").fill("22:00")
    page.get_by_label("hasta las").fill("06:00")
    page.get_by_role("button", name="Guardar").click()
    expect(page.locator("#id_address_error")).to_contain_text("NOTIFY_ALLOWED_HOSTS")
    page.get_by_label("Dirección").fill(receiver.url())
    page.get_by_role("button", name="Guardar").click()
    secret = page.locator("#secret").inner_text()

    page.get_by_role("link", name="A las notificaciones").click()
    expect(page.get_by_text("silencio 22:00–06:00")).to_be_visible()
    page.get_by_role("button", name="Probar").click()
    expect(page.locator("#delivery")).to_contain_text("Entregada", timeout=15_000)
    (got,) = receiver.got
    assert Webhook(secret).verify(got.body, got.headers)["type"] == "test"

    receiver.usual = Reply(410)
    page.get_by_role("button", name="Enviar otra prueba").click()
    expect(page.locator("#delivery")).to_contain_text("Abandonada", timeout=15_000)
    expect(page.locator("#delivery")).to_contain_text("410")
    page.get_by_role("link", name="Editar la notificación").click()
    page.get_by_role("link", name="Volver").click()
    expect(page.get_by_text("ya no existe (410)")).to_be_visible()
    page.get_by_role("button", name="Activar: Webhook").click()
    expect(page.get_by_text("ya no existe (410)")).to_have_count(0)
