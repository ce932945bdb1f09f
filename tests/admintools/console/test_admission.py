"""May a socket stay: what is asked of the database, and what ends an answer at once."""

import time

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import transaction
from django.test import Client

from admintools.console import admission
from sicargabox.settings.redis import _cache
from tests.conftest import started
from tests.support.servers import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)
STAYS, NOT_LOGGED_IN, NOT_ALLOWED = 0, 4401, 4403
# Session, user, permissions.
ONE_LOOK = 3


@pytest.fixture(autouse=True)
def long_kept(settings, monkeypatch):
    settings.SOCKET_RECHECK_SECONDS = 600
    monkeypatch.setattr(admission, "_cache", admission.Patient())


class Watcher:
    """A person whose sockets are asked about."""

    def __init__(self, user):
        self.user = user
        self.client = Client()
        self.client.force_login(user)
        self.session_key = self.client.cookies["sessionid"].value

    def code(self):
        return admission.look_again(self.session_key, self.user.pk)


@pytest.fixture
def watcher(person):
    """May watch as a member of a group."""
    user = person(name="ana")
    group = Group.objects.create(name="watchers")
    group.permissions.add(Permission.objects.get(codename="view_console"))
    user.groups.add(group)
    return Watcher(user)


def test_all_sockets_of_a_person_cost_one_look(watcher, django_assert_num_queries):
    with django_assert_num_queries(ONE_LOOK):
        assert [watcher.code() for _socket in range(500)] == [STAYS] * 500


def test_another_session_of_the_person_is_looked_at_for_itself(watcher):
    other = Watcher(watcher.user)
    assert (watcher.code(), other.code()) == (STAYS, STAYS)
    Session.objects.get(pk=other.session_key).delete()
    other.session_key = "none" * 8
    assert other.code() == NOT_LOGGED_IN
    assert watcher.code() == STAYS


def test_somebody_else_in_the_session_is_not_who_opened_the_socket(watcher, person):
    stranger = person("view_console", name="eva")
    assert admission.look_again(Watcher(stranger).session_key, watcher.user.pk) == NOT_LOGGED_IN


def leave_the_group(user, _client):
    user.groups.clear()


def be_put_out_of_the_group(user, _client):
    Group.objects.get(name="watchers").user_set.remove(user)


def lose_it_with_the_group(_user, _client):
    Group.objects.get(name="watchers").permissions.clear()


def lose_the_group(_user, _client):
    Group.objects.get(name="watchers").delete()


def cease_to_be_staff(user, _client):
    user.is_staff = False
    user.save()


def be_deactivated(user, _client):
    user.is_active = False
    user.save()


def change_the_password(user, _client):
    user.set_password("another")
    user.save()


def be_deleted(user, _client):
    user.delete()


def log_out(_user, client):
    client.logout()


ENDS = {
    **dict.fromkeys((leave_the_group, be_put_out_of_the_group), NOT_ALLOWED),
    **dict.fromkeys((lose_it_with_the_group, lose_the_group), NOT_ALLOWED),
    cease_to_be_staff: NOT_ALLOWED,
    **dict.fromkeys((be_deactivated, change_the_password, be_deleted, log_out), NOT_LOGGED_IN),
}


@pytest.mark.parametrize("act", ENDS)
def test_it_is_known_at_once_that_a_person_may_no_longer_watch(watcher, act):
    assert watcher.code() == STAYS
    act(get_user_model().objects.get(pk=watcher.user.pk), watcher.client)
    assert watcher.code() == ENDS[act]


def test_a_permission_given_directly_and_taken_is_known_at_once(person):
    watcher = Watcher(person("view_console"))
    assert watcher.code() == STAYS
    watcher.user.user_permissions.clear()
    assert watcher.code() == NOT_ALLOWED


def test_what_was_looked_up_before_a_change_is_not_kept_after_it(watcher, monkeypatch):
    """The change comes between the look and its being kept."""
    look = admission.look

    def slowly(session_key):
        found = look(session_key)
        watcher.user.groups.clear()
        return found

    monkeypatch.setattr(admission, "look", slowly)
    assert watcher.code() == STAYS
    monkeypatch.undo()
    assert watcher.code() == NOT_ALLOWED


def test_a_change_counts_from_its_commit_on(watcher):
    """Who looks before it would keep what is true no longer."""
    with transaction.atomic():
        watcher.user.groups.clear()
        caches["permissions"].clear()
        key = admission._key(watcher.session_key, watcher.user.pk)
        caches["permissions"].set(key, STAYS)  # as another process does meanwhile
    assert watcher.code() == NOT_ALLOWED


def test_what_nobody_tells_us_of_is_seen_when_the_answer_is_old(watcher, settings):
    settings.SOCKET_RECHECK_SECONDS = 0.05
    assert watcher.code() == STAYS
    get_user_model().objects.filter(pk=watcher.user.pk).update(is_active=False)
    deadline = time.monotonic() + 5
    while watcher.code() == STAYS:
        assert time.monotonic() < deadline


@pytest.fixture(scope="module")
def server():
    with started(RedisServer()) as server:
        yield server


class TestRedis:
    """The cache as in production."""

    @pytest.fixture
    def redis(self, server, settings):
        server.start()
        server.client(3).flushdb()
        settings.CACHES = {**settings.CACHES, "permissions": _cache(server.url(3))}
        return server

    def test_all_sockets_of_a_person_cost_one_look(self, redis, watcher, django_assert_num_queries):
        with django_assert_num_queries(ONE_LOOK):
            assert [watcher.code() for _socket in range(5)] == [STAYS] * 5

    def test_it_keeps_nothing_that_says_who_it_is(self, redis, watcher):
        watcher.code()
        client = redis.client(3)
        kept = [word for key in client.scan_iter() for word in (key, str(client.dump(key)))]
        assert len(kept) == 6
        for secret in (watcher.user.username, watcher.session_key):
            assert not any(secret in word for word in kept)

    def test_while_it_is_away_every_socket_asks(self, redis, watcher):
        assert watcher.code() == STAYS
        redis.kill()
        assert watcher.code() == STAYS
        watcher.user.groups.clear()
        assert watcher.code() == NOT_ALLOWED

    def test_back_again_it_is_asked_again(self, redis, watcher, django_assert_num_queries):
        redis.kill()
        watcher.code()
        redis.start()
        watcher.code()
        with django_assert_num_queries(0):
            assert watcher.code() == STAYS

    def test_one_that_hangs_holds_up_one_socket_and_not_all(self, redis, watcher):
        assert watcher.code() == STAYS
        redis.freeze()
        try:
            began = time.monotonic()
            assert [watcher.code() for _socket in range(10)] == [STAYS] * 10
            assert time.monotonic() - began < 5
        finally:
            redis.thaw()
