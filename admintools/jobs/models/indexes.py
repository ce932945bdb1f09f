"""The indexes of the runs: three that the engine reads by, the others for the history.

The history is filtered, searched and paged newest first. Each of its filters has an index, with the
other filters at its end: what two of them leave out is passed over without a look at the rows. They
take some 300 MB for a million runs.
"""

from django.db import models
from django.db.models import F, Q

from .querysets import ERROR_START

RUN_INDEXES = [
    models.Index(fields=["status", "next_attempt_at"], name="admintools_run_due"),
    models.Index(fields=["job", "-id"], name="admintools_run_by_job"),
    models.Index(fields=["finished_at"], name="admintools_run_finished"),
    models.Index(fields=["-created_at", "-id"], name="admintools_run_newest"),
    models.Index(
        fields=["job", "-created_at", "-id", "status", "source"],
        name="admintools_run_of_job",
    ),
    models.Index(
        fields=["status", "-created_at", "-id", "job", "source"],
        name="admintools_run_in_status",
    ),
    models.Index(
        fields=["source", "-created_at", "-id", "job", "status"],
        name="admintools_run_of_source",
    ),
    models.Index(
        fields=["initiated_by", "-created_at", "-id", "job", "status", "source"],
        name="admintools_run_by",
    ),
    models.Index(
        fields=["error_code", "-created_at", "-id", "job", "status", "source"],
        condition=Q(error_code__gt=""),
        name="admintools_run_with_code",
    ),
    models.Index(
        ERROR_START,
        F("created_at").desc(),
        F("id").desc(),
        condition=Q(error_code__gt=""),
        name="admintools_run_with_error",
    ),
]
