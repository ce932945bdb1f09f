"""Django itself: applications, database, templates, languages, static files."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from .environment import env

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var"))).resolve()
DEBUG = env.flag("DEBUG", False)


def _kept_secret() -> str:
    """A random key kept in VAR_DIR, for a demo or a single host.

    Production sets SECRET_KEY: several machines must share it (check W003 says so).
    """
    path = VAR_DIR / "secret_key"
    try:
        if not path.exists():
            VAR_DIR.mkdir(parents=True, exist_ok=True)
            fresh = VAR_DIR / f"secret_key.{os.getpid()}"
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(50), encoding="ascii")
            # Of several processes that start at once, one wins and all read the same key.
            with suppress(FileExistsError):
                path.hardlink_to(fresh)
            fresh.unlink()
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"VAR_DIR ({VAR_DIR}) cannot be used: {error.strerror}. Make it writable, "
            "or set VAR_DIR to a directory that is."
        ) from None


SECRET_KEY_FROM_ENVIRONMENT = bool(env.secret("SECRET_KEY"))
SECRET_KEY = env.secret("SECRET_KEY") or _kept_secret()
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])

INSTALLED_APPS = [
    "sicargabox.apps.SicargaBoxAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "csp",
    "django_celery_results",
    "django_celery_beat",
    "micasillero.catalog",
    "micasillero.keywords",
    "micasillero.search",
    "micasillero.quality",
    "micasillero.events",
    "micasillero.compliance",
    "micasillero.generation",
    "micasillero.classification",
    "api.apps.ApiConfig",
    "admintools.jobs",
    "admintools.watch",
    "admintools.notify",
    "admintools.console",
    "sicargabox.apps.SicargaBoxConfig",
]

MIDDLEWARE = [
    # First, so that every answer has an id.
    "sicargabox.request_log.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "sicargabox.urls"
WSGI_APPLICATION = "sicargabox.wsgi.application"
ASGI_APPLICATION = "sicargabox.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# SQLite in WAL with immediate transactions: a deferred one that upgrades to a write cannot wait
# and fails with "database is locked" (98 of 3,750 updates in the trial; 0 with these options).
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}

# A machine or a link that vanishes says no goodbye: without these whoever waits for an answer of
# PostgreSQL waits for a quarter of an hour, /readyz too. In seconds, the last in thousandths.
POSTGRES_OPTIONS = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 20_000,
}

DATABASES = {"default": env.database("DATABASE_URL", VAR_DIR / "sicargabox.sqlite3")}
# Its threads stay (see sicargabox.threads), so that each may keep its connection: PostgreSQL takes
# longer to let one in than to answer most pages. An external pooler wants 0.
DATABASE_CONN_MAX_AGE = env.integer("DATABASE_CONN_MAX_AGE", 60)
# A worker that freezes within a transaction holds its rows: so long, and no longer, others wait for
# them, the reaper that gives its run to another among them. 0 leaves it to the server.
DATABASE_IDLE_IN_TRANSACTION_SECONDS = env.integer("DATABASE_IDLE_IN_TRANSACTION_SECONDS", 60)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"].setdefault("OPTIONS", {}).update(SQLITE_OPTIONS)
else:
    DATABASES["default"]["CONN_MAX_AGE"] = DATABASE_CONN_MAX_AGE
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = POSTGRES_OPTIONS | DATABASES["default"].get("OPTIONS", {})
    if DATABASE_IDLE_IN_TRANSACTION_SECONDS:
        DATABASES["default"]["OPTIONS"].setdefault(
            "options",
            f"-c idle_in_transaction_session_timeout={DATABASE_IDLE_IN_TRANSACTION_SECONDS}s",
        )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = ["admintools.console.backend.OneQueryBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "es-hn"
LANGUAGES = [("es-hn", _("Spanish (Honduras)")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["sicargabox.formats"]
USE_I18N = True
# A template would group the digits of ids and of data- attributes too. Figures that a person reads
# are formatted where they are written (console.formatting, jobs.texts).
USE_THOUSAND_SEPARATOR = False
TIME_ZONE = "America/Tegucigalpa"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = VAR_DIR / "uploads"
WHITENOISE_USE_FINDERS = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "sicargabox.staticfiles.HashedStaticFilesStorage"
    },
}
LOGIN_URL = "admin:login"
