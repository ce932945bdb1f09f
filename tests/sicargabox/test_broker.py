"""The embedded broker: private, on loopback, and it keeps what it took."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from sicargabox.supervisor import broker
from sicargabox.supervisor.watch import Signals, Supervisor


@pytest.fixture
def var_dir(tmp_path: Path) -> Path:
    directory = tmp_path / 'a path with spaces and a "quote"'
    directory.mkdir()
    return directory


@contextmanager
def served(var_dir: Path) -> Iterator[tuple[Supervisor, redis.Redis, str]]:
    embedded = broker.embedded_broker(var_dir)
    with Signals() as signals:
        supervisor = Supervisor(
            log_dir=var_dir, cwd=var_dir, env=os.environ, signals=signals, say=lambda line: None
        )
        try:
            supervisor.start(embedded.service)
            with redis.Redis.from_url(embedded.url, decode_responses=True) as client:
                yield supervisor, client, embedded.url
        finally:
            supervisor.stop()


def test_it_answers_nobody_without_the_password(var_dir: Path) -> None:
    with served(var_dir) as (_, _client, url):
        stranger = redis.Redis(port=urlsplit(url).port)
        with pytest.raises(redis.AuthenticationError):
            stranger.ping()
        stranger.close()


def test_it_listens_on_loopback_only(var_dir: Path) -> None:
    with served(var_dir) as (_, client, _url):
        assert client.config_get("bind") == {"bind": "127.0.0.1"}


def test_it_never_evicts(var_dir: Path) -> None:
    with served(var_dir) as (_, client, _url):
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_what_it_took_survives_its_kill(var_dir: Path) -> None:
    with served(var_dir) as (supervisor, client, _url):
        client.lpush("elasticsearch", "a run")
        supervisor.children[0].kill_group()
    with served(var_dir) as (_, client, _url):
        assert client.lrange("elasticsearch", 0, -1) == ["a run"]


def test_the_password_is_kept_private_and_out_of_the_command_line(var_dir: Path) -> None:
    with served(var_dir) as (supervisor, _client, url):
        password = urlsplit(url).password or ""
        private = [path for path in (var_dir / "broker").iterdir() if path.is_file()]
        assert {path.name for path in private} == {"password", "broker.conf"}
        assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}
        command_line = Path(f"/proc/{supervisor.children[0].pid}/cmdline").read_text()
        assert password not in command_line
        assert len(password) >= 32


def test_its_address_is_published_privately_and_only_while_it_is_true(tmp_path: Path) -> None:
    path = tmp_path / "broker.url"
    with broker.published(path, "redis://:secret@127.0.0.1:1"):
        assert path.read_text() == "redis://:secret@127.0.0.1:1"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


def test_without_any_server_it_says_what_to_install(
    var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(var_dir))
    monkeypatch.setattr(broker, "_runs", lambda binary: False)
    with pytest.raises(broker.Refused, match="apt install redis-server"):
        broker.embedded_broker(var_dir)


def test_a_broker_of_the_environment_that_is_away_is_a_sentence_without_its_password() -> None:
    with pytest.raises(broker.Refused, match=r"127\.0\.0\.1, port 1\b") as refusal:
        broker.require_answer("redis://:hunter2@127.0.0.1:1/0")
    assert "hunter2" not in str(refusal.value)
    assert "unset it" in str(refusal.value)


def test_a_broker_whose_sentinels_are_away_is_called_by_its_name() -> None:
    url = "redis://:hunter2@Primary-a/0?sentinels=127.0.0.1:1&sentinel_password=hunter3"
    with pytest.raises(broker.Refused, match="Primary-a, as its sentinels know it") as refusal:
        broker.require_answer(url)
    assert "hunter" not in str(refusal.value)


def test_a_broker_of_the_environment_that_answers_is_accepted(var_dir: Path) -> None:
    with served(var_dir) as (_, _client, url):
        broker.require_answer(url)
        with pytest.raises(broker.Refused, match="does not serve us"):
            broker.require_answer(url.replace(str(urlsplit(url).password), "wrong"))
