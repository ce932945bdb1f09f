"""Logs go to standard error; whoever starts the process keeps them."""

from sicargabox import logs

from .django import DEBUG
from .environment import env

LOG_LEVEL = env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
LOG_FORMAT = env.choice("LOG_FORMAT", ("json", "text"), "text" if DEBUG else "json")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "sicargabox.logs.formatter", "form": LOG_FORMAT}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # One line per bulk request says nothing that the run's own log does not.
        "elastic_transport": {"level": "WARNING"},
        # Nor does one line per question to a model.
        "httpx2": {"level": "WARNING"},
        "django.db.backends": {"level": "INFO"},
        # Django and uvicorn come with handlers of their own.
        "django": {"level": "INFO", "handlers": [], "propagate": True},
        "uvicorn": {"handlers": [], "propagate": True},
        # Each request has one line, by sicargabox.request_log; a failed one's has the traceback.
        "django.request": {"level": "CRITICAL"},
        "uvicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
    },
}
logs.configure()

# One line a request, when it is answered; an address is bound by sicargabox.request_log, and who
# did what stands in the log of actions.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = ""
