"""The Celery application. Tasks are glue and live in admintools.tasks."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sicargabox.settings")

app = Celery("sicargabox")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Imported by the worker at start, after Django is set up; one module a concern.
app.conf.include = ["admintools.definitions"]
