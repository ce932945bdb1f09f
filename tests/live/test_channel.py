"""The channel layer's short way from a thread to every process."""

import time

import pytest
import redis

from admintools.jobs.channel import PubSubLayer


@pytest.fixture
async def layer(broker):
    layer = PubSubLayer(hosts=[broker.url(5)], prefix="test")
    yield layer
    await layer.flush()


async def joined(layer, *groups):
    channel = await layer.new_channel()
    for group in groups:
        await layer.group_add(group, channel)
    return channel


async def test_what_a_thread_sends_reaches_the_groups(layer):
    one, other = await joined(layer, "one"), await joined(layer, "other")
    await joined(layer, "third")
    layer.send_now(("one", "other"), {"type": "run.state", "n": 1})
    for channel in (one, other):
        assert await layer.receive(channel) == {"type": "run.state", "n": 1}


async def test_many_channels_of_a_process_decode_a_message_once(layer):
    channels = [await joined(layer, "one") for _ in range(3)]
    layer.send_now(("one",), {"type": "run.state"})
    messages = [await layer.receive(channel) for channel in channels]
    assert all(message is messages[0] for message in messages)
    layer.send_now(("one",), {"type": "run.state", "later": True})
    assert (await layer.receive(channels[0]))["later"]


async def test_a_connection_that_a_restart_has_cut_costs_nothing(layer, broker):
    layer.send_now(("one",), {"type": "run.state"})
    broker.restart()
    layer.send_now(("one",), {"type": "run.state"})


async def test_a_silent_server_is_given_up_soon(layer, broker):
    layer.send_now(("one",), {"type": "run.state"})
    broker.freeze()
    try:
        began = time.monotonic()
        with pytest.raises(redis.RedisError):
            layer.send_now(("one",), {"type": "run.state"})
        assert time.monotonic() - began < 1.5
    finally:
        broker.thaw()
