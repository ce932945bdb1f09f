"""The socket of the alerts page: who gets in, and what it is told."""

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Permission
from django.test import Client

from admintools.jobs import hints
from admintools.watch import alert_channel
from micasillero.compliance.models import Severity
from sicargabox.asgi import application
from tests.micasillero.compliance.rows import alert, rule

from .socket_client import SocketClient

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/ws/admin/alerts/"


@pytest.fixture(autouse=True)
def quick(settings, monkeypatch):
    # Tests without a broker may have left it resting after a failure.
    monkeypatch.setattr(hints, "_channel", hints.Resting("test"))
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    settings.SOCKET_SNAPSHOT_SECONDS = 60.0
    settings.SOCKET_RECHECK_SECONDS = 60.0


@pytest.fixture
def staff(person):
    return person("view_console")


def socket(user, origin="http://localhost"):
    client = Client()
    client.force_login(user)
    cookie = f"sessionid={client.cookies['sessionid'].value}".encode()
    headers = [(b"origin", origin.encode()), (b"host", b"localhost"), (b"cookie", cookie)]
    return SocketClient(application, f"{PATH}?language=en", headers)


async def joined(user):
    """A socket that has had its first message, and that message."""
    communicator = await sync_to_async(socket)(user)
    await communicator.connect()
    return communicator, await communicator.hear()


async def test_who_may_not_see_the_console_is_closed_with_4403(person):
    user = await sync_to_async(person)("handle_alerts")
    communicator = await sync_to_async(socket)(user)
    assert await communicator.connect()
    assert await communicator.close_code() == 4403


async def test_a_foreign_origin_is_refused_before_anything(staff):
    communicator = await sync_to_async(socket)(staff, origin="https://evil.example")
    assert not await communicator.connect()


async def test_permission_taken_away_closes_with_4403(staff, settings):
    settings.SOCKET_RECHECK_SECONDS = 0.3
    communicator, _first = await joined(staff)
    await staff.user_permissions.aremove(await Permission.objects.aget(codename="view_console"))
    assert await communicator.close_code() == 4403


async def test_who_joins_hears_how_many_are_open(staff):
    await sync_to_async(alert)(await sync_to_async(rule)(severity=Severity.CRITICAL))
    await sync_to_async(alert)(state="closed")
    communicator, told = await joined(staff)
    del told["server_time"]
    levels = {"4": 1, "3": 0, "2": 0, "1": 0}
    assert told == {"type": "alerts", "open": 1, "levels": levels, "sentence": ""}
    await communicator.disconnect()


async def test_new_ones_are_told_in_a_sentence_and_counted(staff):
    communicator, _first = await joined(staff)
    one = await sync_to_async(alert)(await sync_to_async(rule)(name="Armas", severity=4))
    await sync_to_async(alert_channel.tell_new)([one])
    told = await communicator.hear()
    assert told["sentence"] == "New alert, severity critical: Armas."
    assert told["open"] == 1
    await communicator.disconnect()


async def test_many_at_once_are_one_message_about_the_worst(staff):
    communicator, _first = await joined(staff)
    for name, severity in (("Drones", 1), ("Armas", 4), ("Semillas", 2)):
        one = await sync_to_async(alert)(
            await sync_to_async(rule)(name=name, severity=severity), severity=severity
        )
        await sync_to_async(alert_channel.tell_new)([one])
    told = await communicator.hear()
    assert told["sentence"] == "3 new alerts, the worst of severity critical: Armas."
    assert await communicator.receive_nothing()
    await communicator.disconnect()


async def test_what_others_handled_is_counted_without_a_sentence(staff):
    one = await sync_to_async(alert)()
    communicator, first = await joined(staff)
    assert first["open"] == 1
    one.state = "closed"
    await one.asave()
    await sync_to_async(alert_channel.tell_handled)()
    told = await communicator.hear()
    assert (told["open"], told["sentence"]) == (0, "")
    await communicator.disconnect()


async def test_a_ping_is_answered(staff):
    communicator, _first = await joined(staff)
    await communicator.say({"type": "ping"})
    assert await communicator.hear() == {"type": "pong"}
    await communicator.disconnect()
