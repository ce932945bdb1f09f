"""One ear for many sockets."""

import asyncio

import pytest
from channels.layers import get_channel_layer

from admintools.console import hub


class Ear:
    def __init__(self):
        self.heard = []

    def hear(self, event):
        self.heard.append(event)


class Deaf:
    def hear(self, event):
        raise RuntimeError("broken")


@pytest.fixture(autouse=True)
def in_memory(settings):
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


async def tell(name="runs", **event):
    await get_channel_layer().group_send(name, {"type": "run.state", **event})
    await asyncio.sleep(0.05)


async def test_all_who_joined_are_handed_the_same_object():
    ears = [Ear(), Ear()]
    for ear in ears:
        await hub.group("runs").join(ear)
    await tell(snapshot={"seq": 1})
    first, second = (ear.heard[0]["snapshot"] for ear in ears)
    assert first == {"seq": 1}
    assert first is second


async def test_another_groups_messages_are_not_heard():
    ear = Ear()
    await hub.group("run.one").join(ear)
    await tell("run.other", snapshot={})
    assert ear.heard == []


async def test_who_left_hears_no_more_and_the_others_go_on():
    gone, stays = Ear(), Ear()
    for ear in (gone, stays):
        await hub.group("runs").join(ear)
    await hub.group("runs").leave(gone)
    await tell(snapshot={})
    assert (len(gone.heard), len(stays.heard)) == (0, 1)


async def test_the_last_to_leave_ends_the_listening_and_a_new_one_begins_it():
    ear = Ear()
    await hub.group("runs").join(ear)
    await hub.group("runs").leave(ear)
    assert get_channel_layer().groups == {}
    await hub.group("runs").join(ear)
    await tell(snapshot={})
    assert len(ear.heard) == 1


async def test_a_socket_that_breaks_does_not_silence_the_others():
    ear = Ear()
    for listener in (Deaf(), ear):
        await hub.group("runs").join(listener)
    await tell(snapshot={"seq": 1})
    await tell(snapshot={"seq": 2})
    assert [event["snapshot"]["seq"] for event in ear.heard] == [1, 2]


async def test_those_who_ask_at_once_share_one_reading_and_nobody_gets_an_older_one():
    begun = []
    gate = asyncio.Event()

    async def read():
        begun.append(len(begun))
        number = begun[-1]
        await gate.wait()
        return [{"number": number}]

    group = hub.group("runs")
    early = asyncio.create_task(group.read(read))
    await asyncio.sleep(0.01)
    late = [asyncio.create_task(group.read(read)) for _ in range(5)]
    await asyncio.sleep(0.01)
    gate.set()
    assert await early == [{"number": 0}]
    assert await asyncio.gather(*late) == [[{"number": 1}]] * 5
    assert begun == [0, 1]


async def test_a_reading_that_fails_fails_for_its_askers_only():
    async def broken():
        raise OSError

    async def whole():
        return []

    with pytest.raises(OSError):
        await hub.group("runs").read(broken)
    assert await hub.group("runs").read(whole) == []
