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
# By name, since these modules read the settings. Celery itself would take both servers from
# CELERY_BROKER_URL and CELERY_RESULT_BACKEND of the environment as they stand there: without
# verifying a certificate, and without knowing of sentinels.
app.backend_cls = "admintools.jobs.sentinels:results"


@app.on_after_configure.connect
def take_the_broker_of_the_settings(sender: Celery, source: Any, **kwargs: Any) -> None:
    from admintools.jobs import sentinels

    source.update(broker_read_url=sentinels.broker_url(), broker_write_url=sentinels.broker_url())


@setup_logging.connect(dispatch_uid="sicargabox.logging")
def log_as_everything_else(**_kwargs: Any) -> None:
    """With a receiver Celery sets up nothing: worker and beat log as settings.LOGGING says."""
