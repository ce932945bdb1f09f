"""Row 21 of the fault matrix: who gets in, and who is shown out in the middle of a session."""

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from websockets.exceptions import ConnectionClosed, InvalidStatus

from admintools.jobs.launch import Initiator, launch
from admintools.jobs.models import Source, TaskHistory
from tests.support.visitor import Visitor

SOAK = os.environ.get("SOAK") == "1"
ALL = "/ws/admin/tasks/"
RECHECK = 30.0 if SOAK else 1.0
BY_TEST = Initiator(Source.COMMAND, name="x")


def close_code(joined, seconds):
    """The code with which the server closes it, whatever it sends before."""
    deadline = time.monotonic() + seconds
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            joined.recv(timeout=deadline - time.monotonic())
    return closed.value.rcvd.code


@pytest.fixture
def url(site):
    site.env["SOCKET_RECHECK_SECONDS"] = str(RECHECK)
    return site.web()[1]


@pytest.fixture
def staff(url):
    """A visitor who may watch and cancel, with a session and as a member of a group."""
    group = Group.objects.create(name="watchers")
    group.permissions.set(Permission.objects.filter(codename__in=("view_console", "cancel_run")))

    def make(name):
        user = get_user_model().objects.create_user(name, is_staff=True)
        user.groups.add(group)
        return Visitor(url, user), user

    return make


def test_the_recheck_comes_within_a_minute_by_default():
    """What the tests below scale down. An answer may be as old as a socket's last check."""
    env = {k: v for k, v in os.environ.items() if k != "SOCKET_RECHECK_SECONDS"}
    code = "from sicargabox import settings; print(settings.SOCKET_RECHECK_SECONDS)"
    told = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert 0 < 2 * float(told.stdout) <= 60, told.stderr


FOREIGN = ["https://evil.example", "null", "http://127.0.0.1.evil.example", None]


def test_a_foreign_page_opens_no_socket_whoever_is_logged_in(staff):
    """Nor does a request without an origin: every browser sends one."""
    visitor, _ = staff("ana")
    for origin in FOREIGN:
        with pytest.raises(InvalidStatus) as refused, visitor.socket(ALL, origin=origin):
            pass
        assert refused.value.response.status_code == 403, origin


def take_permission(user, _visitor):
    user.groups.clear()


def log_out(_user, visitor):
    Session.objects.filter(pk=visitor.cookies["sessionid"]).delete()


def deactivate(user, _visitor):
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)


def demote(user, _visitor):
    get_user_model().objects.filter(pk=user.pk).update(is_staff=False)


def change_password(user, _visitor):
    user.set_password("another")
    user.save()


# The close code of the sockets, and the status of what is asked over HTTP.
ACTS = {
    take_permission: (4403, 403),
    demote: (4403, 403),
    log_out: (4401, 401),
    deactivate: (4401, 401),
    change_password: (4401, 401),
}


def test_who_may_no_longer_watch_is_shown_out(staff):
    """From both kinds of socket, and over HTTP at once; who still may stays."""
    run = launch("cleanup", initiator=BY_TEST)
    paths = (ALL, f"{ALL}{run.task_id}/")
    status = f"/admin/elasticsearch/task-status/{run.task_id}/"
    with ExitStack() as stack:
        joined = {}
        for act in [*ACTS, None]:
            visitor, user = staff(act.__name__ if act else "stays")
            both = [stack.enter_context(visitor.socket(path, ping_interval=None)) for path in paths]
            joined[act] = (user, visitor, both)
        for _, visitor, both in joined.values():
            assert {json.loads(each.recv(timeout=5))["task_id"] for each in both} == {run.task_id}
            assert visitor.get(status)[0] == 200
        for act in ACTS:
            act(*joined[act][:2])
        began = time.monotonic()
        answers = {act: joined[act][1].get(status)[0] for act in ACTS}
        assert answers == {act: answer for act, (_, answer) in ACTS.items()}
        codes = {
            act: [close_code(each, 2 * RECHECK + 5) for each in joined[act][2]] for act in ACTS
        }
        assert codes == {act: [code, code] for act, (code, _) in ACTS.items()}
        assert time.monotonic() - began < 2 * RECHECK + 3
        _, visitor, both = joined[None]
        assert visitor.get(status)[0] == 200
        for each in both:
            each.send('{"type": "ping"}')
            while json.loads(each.recv(timeout=5)).get("type") != "pong":
                pass


def test_who_may_no_longer_act_changes_nothing(staff):
    run = launch("cleanup", initiator=BY_TEST)
    status, cancel = (
        f"/admin/elasticsearch/task-{do}/{run.task_id}/" for do in ("status", "cancel")
    )
    answers = {}
    for act in ACTS:
        visitor, user = staff(act.__name__)
        assert visitor.get(status)[0] == 200
        act(user, visitor)
        answers[act] = visitor.post(cancel)[0]
    assert answers == {act: answer for act, (_, answer) in ACTS.items()}
    assert TaskHistory.objects.get(pk=run.pk).cancel_requested_at is None
    visitor, _ = staff("stays")
    assert visitor.post(cancel)[0] == 202
