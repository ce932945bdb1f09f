"""Logs go to standard error; whoever starts the process keeps them."""

from .environment import env

LOG_LEVEL = env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # One line per bulk request says nothing that the run's own log does not.
        "elastic_transport": {"level": "WARNING"},
        # Nor does one line per question to a model.
        "httpx2": {"level": "WARNING"},
        "django.db.backends": {"level": "INFO"},
    },
}
