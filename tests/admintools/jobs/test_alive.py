"""`manage.py alive NAME`: what a container's health check asks."""

import socket
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from admintools.jobs import beats
from admintools.jobs.models import ProcessBeat

pytestmark = pytest.mark.django_db
HOST = socket.gethostname()


def silent_for(seconds: float) -> None:
    ProcessBeat.objects.update(beat_at=timezone.now() - timedelta(seconds=seconds))


@pytest.mark.parametrize("name", ["dispatch", "sync_index", "notify", "beat"])
def test_a_process_that_gave_a_sign_is_alive(name, capsys):
    beats.beat(name, beats.instance_name(name))
    call_command("alive", name)
    assert capsys.readouterr().out == f"{name}: alive\n"


def test_a_worker_is_known_by_its_name():
    beats.beat("worker", f"elasticsearch@{HOST}", ["elasticsearch"])
    call_command("alive", "worker-elasticsearch")
    with pytest.raises(CommandError, match="worker-general: no sign of life"):
        call_command("alive", "worker-general")


def test_silence_is_no_life():
    beats.beat("beat", beats.instance_name("beat"))
    silent_for(20)
    with pytest.raises(CommandError, match=f"beat: no sign of life on {HOST} within 15 s"):
        call_command("alive", "beat")


def test_how_long_it_may_be_silent_can_be_told():
    beats.beat("sync_index", beats.instance_name("sync_index"))
    silent_for(20)
    call_command("alive", "sync_index", "--within", "60")


def test_the_same_process_on_another_host_does_not_count():
    beats.beat("dispatch", "dispatch@elsewhere:1")
    with pytest.raises(CommandError, match="no sign of life"):
        call_command("alive", "dispatch")


def test_an_unknown_name_is_refused_with_those_that_exist():
    with pytest.raises(
        CommandError, match="choose dispatch, sync_index, notify, beat or worker-NAME"
    ):
        call_command("alive", "web")


def test_a_database_that_is_away_is_no_life(monkeypatch):
    from django.db import OperationalError

    def away(**_filter):
        raise OperationalError("connection refused")

    monkeypatch.setattr(ProcessBeat.objects, "filter", away)
    with pytest.raises(CommandError, match="The database cannot be asked: connection refused"):
        call_command("alive", "beat")
