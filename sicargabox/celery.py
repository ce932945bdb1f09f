"""The Celery application. Tasks are glue and live in admintools.tasks."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sicargabox.settings")

app = Celery("sicargabox")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Imported by the worker at start, after Django is set up; one module a concern.
app.conf.include = ["admintools.definitions"]


@setup_logging.connect(dispatch_uid="sicargabox.logging")
def log_as_everything_else(**_kwargs: Any) -> None:
    """With a receiver Celery sets up nothing: worker and beat log as settings.LOGGING says."""
