"""What is read of a Redis server and of the messages on its queues: figures and ids alone."""

import base64
import json

import pytest

from admintools.jobs.registry import QUEUES
from admintools.watch import messages, redis, servers
from sicargabox.settings.redis import _cache
from tests.conftest import started
from tests.support.servers import RedisServer

SECRET = "hunter2"


@pytest.fixture
def own(broker, settings):
    """The broker's server, which no test before has asked anything; its reading."""
    settings.CELERY_RESULT_BACKEND = broker.url(1)
    settings.CHANNELS_URL = broker.url(5)

    def read():
        (server,) = servers.servers()
        return redis.read(server)

    return read


class TestServers:
    def test_each_is_named_once_with_what_its_databases_are_for(self, settings):
        settings.CELERY_BROKER_URL, settings.CELERY_RESULT_BACKEND = "redis://a/0", "redis://a/1"
        settings.CACHES = {"default": {"LOCATION": "redis://b/2"}, "local": {"LOCATION": "x"}}
        settings.CHANNELS_URL = "redis://:p@b:6379/5"
        first, second = servers.servers()
        assert (first.name, first.uses, first.has_broker) == (
            "a", {0: "broker", 1: "results"}, True,
        )  # fmt: skip
        assert (second.name, second.uses, second.has_broker) == (
            "b", {2: "default", 5: "channels"}, False,
        )  # fmt: skip

    def test_one_that_serves_for_all_is_one(self, settings):
        settings.CELERY_BROKER_URL = settings.CHANNELS_URL = "redis://one"
        settings.CELERY_RESULT_BACKEND = "redis://one/1"
        settings.CACHES = {"default": {"LOCATION": "redis://one/2"}}
        assert [server.name for server in servers.servers()] == ["a"]

    def test_the_caches_of_production_are_on_theirs(self, settings):
        settings.CELERY_BROKER_URL = settings.CELERY_RESULT_BACKEND = "redis://a"
        settings.CHANNELS_URL = "redis://Primary-b/5?sentinels=one:1,two:2"
        settings.CACHES = {"default": _cache("redis://Primary-b/2?sentinels=one:1,two:2")}
        _first, second = servers.servers()
        assert second.uses == {2: "default", 5: "channels"}

    def test_its_password_is_not_told(self, settings):
        settings.CELERY_BROKER_URL = f"redis://:{SECRET}@a/0"
        assert SECRET not in repr(servers.servers())


class TestReading:
    def test_memory_and_what_happens_when_it_is_full(self, own, broker):
        before = own().memory
        assert before.used > 0 and before.resident > 0
        assert (before.limit, before.share, before.evicts) == (0, 0.0, False)
        broker.client().config_set("maxmemory", before.used * 2)
        broker.client().config_set("maxmemory-policy", "allkeys-lru")
        after = own().memory
        assert 0.4 < after.share < 0.7
        assert (after.policy, after.evicts) == ("allkeys-lru", True)

    def test_keys_by_database_and_how_many_were_there(self, own, broker):
        assert own().hits is None
        client = broker.client(1)
        client.set("there", SECRET)
        client.get("there"), client.get("not there")
        found = own()
        assert found.keys == {1: 1}
        assert found.hits == 0.5
        assert (found.evicted, found.expired) == (0, 0)

    def test_whether_it_answers_and_how_quickly(self, own):
        found = own()
        assert 0 < found.latency < 1000
        assert found.clients >= 1
        assert found.up_for >= 0 and found.version

    def test_whether_what_it_holds_is_kept(self, own, broker):
        assert own().saving == redis.Saving(None, append_only=True, faults=())
        broker.client().save()
        assert own().saving.saved_at is not None

    def test_a_slow_command_is_its_name_and_a_number(self, own, broker):
        client = broker.client()
        client.config_set("slowlog-log-slower-than", 0)
        client.mset({f"{SECRET} {n}": SECRET for n in range(100)})
        client.config_set("slowlog-log-slower-than", -1)
        found = own()
        slow = {each.name: each for each in found.slow}
        assert slow["MSET"].arguments == 200
        assert slow["CONFIG"].arguments == 3
        assert SECRET not in repr(found)

    def test_one_that_may_not_be_asked_for_its_slow_log_tells_the_rest(self, own, broker):
        broker.client().acl_setuser("default", enabled=True, commands=["-slowlog"])
        assert own().slow is None
        assert own().memory.used > 0

    def test_one_that_is_away_is_none(self, own, broker):
        broker.stop()
        assert own() is None

    def test_one_that_refuses_the_password_is_none(self, settings):
        with started(RedisServer(password="right")) as server:
            settings.CELERY_BROKER_URL = server.url().replace("right", "wrong")
            assert redis.read(servers.servers()[0]) is None


def message(task="admintools.tasks.cleanup", args=(7, 2), **headers):
    """As kombu writes it."""
    body = base64.b64encode(json.dumps([list(args), {"secret": SECRET}, {}]).encode()).decode()
    return json.dumps({"body": body, "headers": {"task": task, "id": "an-id", **headers}})


class TestMessages:
    def test_each_queue_is_counted_over_all_priorities(self, broker):
        client = broker.client()
        client.lpush("celery", message())
        client.lpush("celery\x06\x163", message(), message())
        client.lpush("celery\x06\x166", message())
        found = {each.queue: each for each in messages.waiting()}
        assert list(found) == list(QUEUES)
        assert found["celery"].by_priority == {0: 1, 3: 2, 6: 1}
        assert (found["celery"].total, found["events"].total) == (4, 0)

    def test_those_that_are_taken_next_come_first(self, broker):
        client = broker.client()
        for n in range(8):
            client.lpush("celery\x06\x166", message(args=(100 + n, 1)))
            client.lpush("celery", message(args=(n, 1)))
        found = messages.next_of("celery")
        assert [(each.priority, each.row) for each in found] == [
            *((0, n) for n in range(8)), (6, 100), (6, 101),
        ]  # fmt: skip

    def test_of_a_message_nothing_but_ids_is_told(self, broker):
        broker.client().lpush("celery", message(argsrepr=SECRET))
        (found,) = messages.next_of("celery")
        assert found == messages.Message(0, "admintools.tasks.cleanup", "an-id", 7, 2)

    @pytest.mark.parametrize(
        "text",
        ["", "{", "[]", "null", '{"headers": {}}', '{"headers": {}, "body": "*"}', b"\xff",
         '{"headers": 1, "body": "W10="}', '{"headers": {}, "body": "MQ=="}'],
    )  # fmt: skip
    def test_what_cannot_be_read_is_there_all_the_same(self, broker, text):
        broker.client().lpush("celery", text)
        assert messages.next_of("celery") == [messages.Message(0, "", "", None, None)]

    def test_arguments_that_are_no_numbers_are_not_shown(self, broker):
        broker.client().lpush("celery", message(args=(SECRET, [SECRET])), message(args=()))
        assert [(m.row, m.attempt) for m in messages.next_of("celery")] == [(None, None)] * 2

    def test_what_workers_hold_is_counted_apart(self, broker):
        broker.client().hset("unacked", "tag", message())
        assert messages.delivered() == 1

    def test_without_a_broker_nothing_is_known(self, broker):
        broker.stop()
        assert messages.waiting() is None
        assert messages.delivered() is None
