"""Settings come from the environment, and what is not understood is refused with its name."""

import os
import re
import runpy
import stat
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from sicargabox.settings.environment import Environment, env

from .malformed import MALFORMED

# Reading a module again is the point here.
pytestmark = pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in env.known - {"VAR_DIR", "SECRET_KEY"}:
        monkeypatch.delenv(name, raising=False)


def read(module: str) -> dict:
    """The settings of one module, read anew from the environment."""
    return runpy.run_module(f"sicargabox.settings.{module}")


@pytest.mark.parametrize(("module", "name", "value"), MALFORMED)
def test_a_malformed_value_is_refused_with_its_name(
    module: str, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        read(module)


@pytest.mark.parametrize(
    "module",
    (
        *("ai", "django", "security", "learning", "logging"),
        *("redis", "celery", "product", "api", "notify"),
    ),
)
def test_nothing_has_to_be_set(module: str) -> None:
    assert read(module)


def test_every_setting_but_free_text_has_a_malformed_value_above() -> None:
    free_text = {
        *(
            "VAR_DIR",
            "SECRET_KEY",
            "SECRET_KEY_FILE",
            "CSRF_TRUSTED_ORIGINS",
            "ELASTICSEARCH_API_KEY",
        ),
        *("ELASTICSEARCH_USER", "ELASTICSEARCH_PASSWORD_FILE", "BACKUP_DIR"),
        *("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "AI_COMPATIBLE_KEY"),
        *("EMAIL_PASSWORD", "EMAIL_FROM"),
        *("AI_ANTHROPIC_MODELS", "AI_OPENAI_MODELS", "AI_COMPATIBLE_MODELS"),
        *("LEARNING_IGNORED_CLIENTS", "LEARNING_BLOCKED_WORDS"),
    }
    assert env.known - free_text <= {name for _, name, _ in MALFORMED}


def test_prices_are_by_model_whatever_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AI_PRICES", "llama3:8b=0/0, org/model=0.25/2, gpt-6-luna=1/2")
    prices = read("ai")["AI_PRICES"]
    assert prices["llama3:8b"] == (0, 0)
    assert prices["org/model"] == (0.25, 2)
    assert prices["gpt-6-luna"] == (1, 2)
    assert prices["claude-haiku-5-5"] == (0.1, 0.5)


def test_a_secret_in_a_url_is_not_repeated_in_the_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://user:hunter2@host/name")
    with pytest.raises(ImproperlyConfigured) as refusal:
        read("django")
    assert "hunter2" not in str(refusal.value)


def test_the_databases_of_one_server_follow_from_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:a@one:6379")
    monkeypatch.setenv("REDIS_CACHE_URL", "redis://:b@two:6380/")
    settings = read("redis")
    assert settings["CELERY_BROKER_URL"] == "redis://:a@one:6379/0"
    assert settings["CELERY_RESULT_BACKEND"] == "redis://:a@one:6379/1"
    assert [cache["LOCATION"] for cache in settings["CACHES"].values()] == [
        [f"redis://:b@two:6380/{number}"] for number in (2, 3, 4)
    ]
    assert settings["CHANNELS_URL"] == "redis://:b@two:6380/5"


def test_one_server_serves_as_both_where_only_one_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://one")
    assert read("redis")["CHANNELS_URL"] == "redis://one/5"


def test_one_database_can_be_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://one")
    monkeypatch.setenv("CELERY_RESULT_BACKEND", "redis://three/7")
    settings = read("redis")
    assert settings["CELERY_RESULT_BACKEND"] == "redis://three/7"
    assert settings["CELERY_BROKER_URL"] == "redis://one/0"


def test_sentinels_are_those_of_every_database_of_a_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", "rediss://:a@Primary-a?sentinels=one:1,two")
    monkeypatch.setenv("REDIS_CACHE_URL", "redis://:b@two")
    settings = read("redis")
    assert settings["CELERY_RESULT_BACKEND"] == (
        "rediss://:a@Primary-a/1?sentinels=one:1,two&ssl_cert_reqs=required"
    )
    assert settings["CHANNELS_URL"] == "redis://:b@two/5"


def test_a_refusal_about_sentinels_repeats_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "redis://:hunter2@primary-a:6379?sentinels=one:1&sentinel_password=hunter3"
    monkeypatch.setenv("REDIS_URL", url)
    with pytest.raises(ImproperlyConfigured, match=r"REDIS_URL: .* name of a primary") as refusal:
        read("redis")
    assert "hunter" not in str(refusal.value)


def test_over_tls_certificates_are_verified_unless_the_url_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REDIS_URL", "rediss://one")
    monkeypatch.setenv("CHANNELS_URL", "rediss://two/5?ssl_cert_reqs=none")
    settings = read("redis")
    assert settings["CELERY_BROKER_URL"] == "rediss://one/0?ssl_cert_reqs=required"
    assert settings["CHANNELS_URL"] == "rediss://two/5?ssl_cert_reqs=none"


def test_the_default_database_works_in_a_directory_of_any_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    odd = tmp_path / "50% of a#b?c+d"
    monkeypatch.setenv("VAR_DIR", str(odd))
    assert read("django")["DATABASES"]["default"]["NAME"] == str(odd / "sicargabox.sqlite3")


def test_the_search_engine_is_elasticsearch_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert read("product")["SEARCH_ENGINE"] == "tantivy"
    monkeypatch.setenv("ELASTICSEARCH_URL", "http://localhost:9200")
    assert read("product")["SEARCH_ENGINE"] == "elasticsearch"


def test_a_key_and_a_user_for_elasticsearch_are_one_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ELASTICSEARCH_API_KEY", "key")
    monkeypatch.setenv("ELASTICSEARCH_USER", "user")
    with pytest.raises(ImproperlyConfigured, match="ELASTICSEARCH_USER: keep one"):
        read("product")


def test_the_mail_server_is_one_address_and_its_password_may_stand_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EMAIL_URL", "smtp+tls://ana%40example.hn@mail.internal")
    monkeypatch.setenv("EMAIL_PASSWORD", "secreto")
    told = read("notify")
    assert (told["EMAIL_HOST"], told["EMAIL_PORT"]) == ("mail.internal", 587)
    assert (told["EMAIL_HOST_USER"], told["EMAIL_HOST_PASSWORD"]) == ("ana@example.hn", "secreto")
    assert (told["EMAIL_USE_TLS"], told["EMAIL_USE_SSL"]) == (True, False)


def test_links_begin_with_the_first_name_of_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "*,.example.hn,admin.example.hn")
    monkeypatch.setenv("HTTPS", "True")
    for module in ("django", "security"):
        monkeypatch.delitem(sys.modules, f"sicargabox.settings.{module}")
    assert read("notify")["SITE_URL"] == "https://admin.example.hn"


class TestSecretInAFile:
    def test_it_is_read_without_the_end_of_line(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "key").write_text("from a file\n")
        monkeypatch.setenv("SECRET_FILE", str(tmp_path / "key"))
        assert Environment().secret("SECRET") == "from a file"

    def test_a_file_and_a_value_are_one_too_many(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("SECRET", "a value")
        monkeypatch.setenv("SECRET_FILE", str(tmp_path / "key"))
        with pytest.raises(ImproperlyConfigured, match="SECRET and SECRET_FILE are both set"):
            Environment().secret("SECRET")

    @pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\x00"])
    def test_an_empty_or_binary_file_is_refused(
        self, content: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "key").write_bytes(content)
        monkeypatch.setenv("SECRET_FILE", str(tmp_path / "key"))
        with pytest.raises(ImproperlyConfigured, match="SECRET_FILE"):
            Environment().secret("SECRET")


class TestKeptKey:
    def test_without_one_in_the_environment_it_is_made_once_and_kept_private(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.delenv("SECRET_KEY", raising=False)
        monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
        first, second = read("django")["SECRET_KEY"], read("django")["SECRET_KEY"]
        assert first == second
        assert len(first) >= 50
        assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]
        assert stat.S_IMODE((tmp_path / "var" / "secret_key").stat().st_mode) == 0o600

    def test_a_directory_that_cannot_be_made_is_refused_with_its_name(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (tmp_path / "file").touch()
        monkeypatch.delenv("SECRET_KEY", raising=False)
        monkeypatch.setenv("VAR_DIR", str(tmp_path / "file" / "var"))
        with pytest.raises(ImproperlyConfigured, match="VAR_DIR"):
            read("django")


def test_manage_py_refuses_a_wrong_setting_in_one_sentence() -> None:
    done = manage("check", LEASE_SECONDS="ninety")
    assert done.returncode == 1
    assert done.stderr == "Wrong setting: LEASE_SECONDS is 'ninety': write a number.\n"


class TestExampleFile:
    """.env.example names every setting, and its values are fit for production."""

    TEXT = (ROOT / ".env.example").read_text(encoding="utf-8")

    def test_it_names_every_setting_and_no_other(self) -> None:
        named = set(re.findall(r"^#?([A-Z_]+)=", self.TEXT, re.MULTILINE))
        assert named == env.known

    def test_each_setting_or_group_of_settings_is_explained(self) -> None:
        lines = self.TEXT.splitlines()
        for before, line in pairwise(lines):
            if re.match(r"#?[A-Z_]+=", line):
                assert re.match(r"# |#?[A-Z_]+=", before), line

    def test_the_numbers_it_calls_defaults_are_those_in_force(self) -> None:
        modules = ("ai", "django", "celery", "learning", "product", "api", "notify")
        in_force = {name: value for module in modules for name, value in read(module).items()}
        told = dict(re.findall(r"^#([A-Z_]+)=([0-9.]+)$", self.TEXT, re.MULTILINE))
        # One depends on the machine, the other has a longer name in Celery's settings.
        for name in told.keys() - {"WORKER_CONCURRENCY", "WORKER_SOFT_SHUTDOWN_SECONDS"}:
            setting = f"CELERY_{name}" if name.startswith("TASK_") else name
            assert float(told[name]) == in_force[setting], name

    def test_check_deploy_is_clean_with_it(self, tmp_path: Path) -> None:
        values = dict(re.findall(r"^([A-Z_]+)=(.*)$", self.TEXT, re.MULTILINE))
        done = manage(
            *("check", "--deploy", "--fail-level", "WARNING"),
            **{**values, "VAR_DIR": str(tmp_path)},
        )
        assert done.returncode == 0, done.stderr
        assert "no issues" in done.stdout


def manage(*arguments: str, **changed: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "sicargabox.settings", **changed}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_database_that_vanishes_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its URL says nothing else."""
    monkeypatch.setenv("DATABASE_URL", "postgres://u:p@host/name?keepalives_count=3")
    options = read("django")["DATABASES"]["default"]["OPTIONS"]
    assert options["connect_timeout"] <= 5
    assert options["tcp_user_timeout"] <= 30_000
    assert int(options["keepalives_count"]) == 3
