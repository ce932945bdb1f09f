"""The sockets: who gets in, what they are sent, and when they are shown out."""

import asyncio
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.utils import timezone

from admintools.console.consumers import until_recheck
from admintools.jobs import hints
from admintools.jobs.models import LogLine, TaskHistory
from admintools.jobs.snapshot import raw
from sicargabox.asgi import application

from .socket_client import SocketClient

pytestmark = pytest.mark.django_db(transaction=True)
ALL = "/ws/admin/tasks/"


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


def socket(user=None, path=ALL, origin="http://localhost"):
    headers = [(b"origin", origin.encode()), (b"host", b"localhost")]
    if user is not None:
        client = Client()
        client.force_login(user)
        headers.append((b"cookie", f"sessionid={client.cookies['sessionid'].value}".encode()))
    return SocketClient(application, path, headers)


async def code_of(communicator):
    """The close code that a browser would see."""
    assert await communicator.connect()
    return await communicator.close_code()


def path_of(run):
    return f"{ALL}{run.task_id}/"


async def test_the_anonymous_are_closed_with_4401():
    assert await code_of(socket()) == 4401


async def test_an_inactive_user_is_closed_with_4401(person):
    user = await sync_to_async(person)("view_console")
    communicator = await sync_to_async(socket)(user)
    user.is_active = False
    await user.asave()
    assert await code_of(communicator) == 4401


@pytest.mark.parametrize(
    ("codenames", "is_staff"), [(("view_console",), False), (("cancel_run",), True)]
)
async def test_without_staff_or_permission_it_is_4403(person, codenames, is_staff):
    user = await sync_to_async(person)(*codenames, is_staff=is_staff)
    assert await code_of(await sync_to_async(socket)(user)) == 4403


@pytest.mark.parametrize("task_id", ["none", "%00", "a" * 300])
async def test_an_unknown_run_is_4404(staff, task_id):
    assert await code_of(await sync_to_async(socket)(staff, f"{ALL}{task_id}/")) == 4404


async def test_a_foreign_origin_is_refused_before_anything(staff):
    communicator = await sync_to_async(socket)(staff, origin="https://evil.example")
    assert not await communicator.connect()


async def test_who_joins_one_run_gets_its_whole_state(staff, make_run):
    run = await sync_to_async(make_run)()
    communicator = await sync_to_async(socket)(staff, path_of(run))
    await communicator.connect()
    told = await communicator.hear()
    assert (told["task_id"], told["status"]) == (run.task_id, "PENDING")
    assert told["texts"]["badge"]
    # Neither a broker nor a dispatcher runs in these tests.
    assert told["held_by"] == ["broker-away", "no-dispatcher"]
    assert not any(key.startswith("_") for key in told)
    await communicator.disconnect()


async def test_who_joins_all_gets_what_is_active_or_ended_just_now(staff, make_run):
    active = await sync_to_async(make_run)()
    just = await sync_to_async(make_run)(status="SUCCESS", finished_at=timezone.now())
    await sync_to_async(make_run)(status="SUCCESS", finished_at=timezone.now() - timedelta(hours=1))
    communicator = await sync_to_async(socket)(staff)
    await communicator.connect()
    told = {(await communicator.hear())["task_id"] for _ in range(2)}
    assert told == {active.task_id, just.task_id}
    assert await communicator.receive_nothing()
    await communicator.disconnect()


async def test_the_language_is_the_pages(staff, make_run):
    run = await sync_to_async(make_run)(status="SUCCESS")
    for language, word in (("en", "Succeeded"), ("es-hn", "Correcta"), ("xx", "Correcta")):
        communicator = await sync_to_async(socket)(staff, f"{path_of(run)}?language={language}")
        await communicator.connect()
        assert (await communicator.hear())["state_text"] == word
        await communicator.disconnect()


async def event(run, **changes):
    snapshot = await sync_to_async(raw)(run)
    message = {"type": "run.state", "task_id": run.task_id, "snapshot": {**snapshot, **changes}}
    await get_channel_layer().group_send(hints.group_of(run.task_id), message)


async def test_an_event_reaches_those_who_watch_the_run(staff, make_run):
    run = await sync_to_async(make_run)()
    communicator = await sync_to_async(socket)(staff, path_of(run))
    await communicator.connect()
    await communicator.hear()
    await event(run, seq=9, done=7)
    told = await communicator.hear()
    assert (told["seq"], told["done"]) == (9, 7)
    await communicator.disconnect()


async def test_a_ping_is_answered(staff):
    communicator = await sync_to_async(socket)(staff)
    await communicator.connect()
    await communicator.say({"type": "ping"})
    assert await communicator.hear() == {"type": "pong"}
    await communicator.disconnect()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", '{"type": {}}', '{"type": "lines"}', "x" * 5000]
)
async def test_nonsense_from_a_client_is_passed_over(staff, text):
    communicator = await sync_to_async(socket)(staff)
    await communicator.connect()
    await communicator.say_raw(text=text)
    await communicator.say_raw(bytes=b"\x00\xff")
    await communicator.say({"type": "ping"})
    assert await communicator.hear() == {"type": "pong"}
    await communicator.disconnect()


async def test_lines_come_only_to_who_asks_and_from_where_they_ask(staff, make_run):
    run = await sync_to_async(make_run)()
    lines = [
        await LogLine.objects.acreate(run=run, at=timezone.now(), text=f"line {n}")
        for n in range(3)
    ]
    communicator = await sync_to_async(socket)(staff, path_of(run))
    await communicator.connect()
    await communicator.hear()
    assert await communicator.receive_nothing()
    await communicator.say({"type": "lines", "after": lines[0].pk})
    told = await communicator.hear()
    assert [line["text"] for line in told["lines"]] == ["line 1", "line 2"]
    await sync_to_async(hints.tell_lines)(
        run.task_id,
        [LogLine(pk=99, run=run, at=timezone.now(), text="new", item="8517")],
    )
    told = await communicator.hear()
    assert [(line["id"], line["text"]) for line in told["lines"]] == [(99, "8517: new")]
    await communicator.disconnect()


async def test_the_snapshot_comes_again_by_itself_and_on_demand(staff, make_run, settings):
    settings.SOCKET_SNAPSHOT_SECONDS = 0.3
    run = await sync_to_async(make_run)()
    communicator = await sync_to_async(socket)(staff, path_of(run))
    await communicator.connect()
    for _ in range(3):
        assert (await communicator.hear())["task_id"] == run.task_id
    await communicator.disconnect()
    settings.SOCKET_SNAPSHOT_SECONDS = 60.0
    communicator = await sync_to_async(socket)(staff, path_of(run))
    await communicator.connect()
    await communicator.hear()
    await communicator.say({"type": "snapshot"})
    assert (await communicator.hear())["task_id"] == run.task_id
    await communicator.disconnect()


def test_sockets_that_joined_together_are_not_checked_together(settings):
    settings.SOCKET_RECHECK_SECONDS = 45.0
    checks = [until_recheck() for _ in range(500)]
    assert max(checks) <= 45
    in_one_second = max(sum(at <= each < at + 1 for each in checks) for at in checks)
    assert in_one_second < 100


async def test_permission_taken_away_closes_with_4403(staff, settings):
    settings.SOCKET_RECHECK_SECONDS = 0.3
    communicator = await sync_to_async(socket)(staff)
    await communicator.connect()
    await staff.user_permissions.aremove(await Permission.objects.aget(codename="view_console"))
    assert await communicator.close_code() == 4403


async def test_logout_closes_with_4401(staff, settings):
    settings.SOCKET_RECHECK_SECONDS = 0.3
    communicator = await sync_to_async(socket)(staff)
    await communicator.connect()
    session = dict(communicator.scope["headers"])[b"cookie"].decode().partition("=")[2]
    await Session.objects.filter(pk=session).adelete()
    assert await communicator.close_code() == 4401


async def test_a_deleted_run_closes_with_4404(staff, make_run, settings):
    settings.SOCKET_RECHECK_SECONDS = 0.3
    run = await sync_to_async(make_run)(status="SUCCESS")
    communicator = await sync_to_async(socket)(staff, path_of(run))
    await communicator.connect()
    await communicator.hear()
    await TaskHistory.objects.filter(pk=run.pk).adelete()
    assert await communicator.close_code() == 4404


async def test_a_launch_is_told_to_open_pages(staff, boss):
    communicator = await sync_to_async(socket)(staff)
    await communicator.connect()
    await asyncio.sleep(0.1)

    def launch():
        with transaction.atomic():
            boss.post("/admin/elasticsearch/rebuild/")

    await sync_to_async(launch)()
    assert (await communicator.hear())["job"] == "rebuild_index"
    await communicator.disconnect()
