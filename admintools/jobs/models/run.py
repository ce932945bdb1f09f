"""The truth about every run. Redis and the channel only carry hints about these rows."""

import uuid
from functools import lru_cache
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext_lazy as _

from admintools.jobs.registry import JobDefinition, registry

from .indexes import RUN_INDEXES
from .querysets import TaskHistoryQuerySet

_ID = "0-0"


@lru_cache(maxsize=4)
def _address(_script_prefix: str) -> str:
    """Of the run _ID. Kept, since a page of the history asks for fifty."""
    return reverse("admin:console_run", args=[_ID])


def new_task_id() -> str:
    return str(uuid.uuid4())


class Status(models.TextChoices):
    """Celery's own words. What the console shows on top of them is derived (see states)."""

    PENDING = "PENDING", _("Pending")  # the row exists; published_at tells whether a queue has it
    STARTED = "STARTED", _("Started")  # a worker holds the lease
    PROGRESS = "PROGRESS", _("In progress")  # and has reported at least once
    RETRY = "RETRY", _("Waiting for the next attempt")
    SUCCESS = "SUCCESS", _("Succeeded")
    FAILURE = "FAILURE", _("Failed")
    REVOKED = "REVOKED", _("Cancelled")


WAITING = (Status.PENDING, Status.RETRY)
RUNNING = (Status.STARTED, Status.PROGRESS)
ACTIVE = WAITING + RUNNING
TERMINAL = (Status.SUCCESS, Status.FAILURE, Status.REVOKED)


class Source(models.TextChoices):
    """What set the run off."""

    CONSOLE = "console", _("console")
    COMMAND = "command", _("command")
    SCHEDULE = "schedule", _("schedule")


class TaskHistory(models.Model):
    """One run of one job, from the click to its end. Written only by jobs.transitions and
    jobs.progress; terminal rows never change.

    Times are UTC. ``done`` and ``total`` count items; ``seq`` grows with every write, ``epoch``
    with every claim: the pair orders what a browser receives. ``attempt`` is the number of the
    attempt that runs or will run next, from 1. ``slot`` names the schedule and its time that set
    the run off (see slots): at most one run each.
    """

    task_id = models.CharField(_("task id"), max_length=36, unique=True, default=new_task_id)
    job = models.CharField(_("job"), max_length=60)
    task_name = models.CharField(_("task"), max_length=100)
    queue = models.CharField(_("queue"), max_length=60)
    resource = models.CharField(_("resource"), max_length=60, blank=True, default="")
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.PENDING
    )

    phase = models.CharField(_("phase"), max_length=60, blank=True, default="")
    done = models.BigIntegerField(_("done"), default=0)
    total = models.BigIntegerField(_("total"), null=True, blank=True)
    message = models.TextField(_("message"), blank=True, default="")
    message_params = models.JSONField(default=dict, blank=True)
    rate = models.FloatField(_("items per second"), null=True, blank=True)
    timeline = models.JSONField(
        default=list, blank=True, help_text=_("Phases of this attempt: slug, started, ended (s).")
    )

    seq = models.BigIntegerField(default=0)
    stored_seq = models.BigIntegerField(
        default=-1, help_text=_("The seq that the result backend has seen; -1 for none.")
    )
    epoch = models.PositiveIntegerField(default=0)
    attempt = models.PositiveIntegerField(_("attempt"), default=1)
    attempt_task_id = models.CharField(max_length=36, blank=True, default="")
    losses = models.PositiveIntegerField(default=0)
    # db_default: while a deploy goes on, the previous version writes rows without this column.
    checkpoint = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text=_("Items done and stored: another attempt goes on after them."),
    )
    drains = models.PositiveIntegerField(
        default=0,
        help_text=_("Attempts given back: the worker was leaving, or at its time limit."),
    )
    worker = models.CharField(_("worker"), max_length=200, blank=True, default="")
    inline = models.BooleanField(
        default=False, help_text=_("Runs in the process that launched it; never published.")
    )

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    published_at = models.DateTimeField(_("sent to the queue at"), null=True, blank=True)
    publications = models.PositiveIntegerField(default=0)
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=0, db_default=0, help_text=_("The lowest begins first.")
    )
    next_attempt_at = models.DateTimeField(_("next attempt at"), null=True, blank=True)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    progressed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    cancel_requested_at = models.DateTimeField(_("cancel requested at"), null=True, blank=True)
    cancel_requested_by = models.CharField(max_length=200, blank=True, default="")
    cancel_seen_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the worker read the request.")
    )
    cancel_escalated_at = models.DateTimeField(null=True, blank=True)

    initiator = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("user"),
    )
    initiated_by = models.CharField(_("started by"), max_length=200, default="")
    source = models.CharField(
        _("source"), max_length=10, choices=Source.choices, default=Source.COMMAND
    )
    # None for a run that no schedule set off.
    slot = models.CharField(max_length=80, null=True, editable=False)  # noqa: DJ001
    retry_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="retries"
    )

    result = models.JSONField(_("result"), null=True, blank=True)
    error_code = models.CharField(_("error code"), max_length=60, blank=True, default="")
    error_message = models.TextField(_("error"), blank=True, default="")
    error_params = models.JSONField(default=dict, blank=True)
    traceback = models.TextField(blank=True, default="")

    objects = TaskHistoryQuerySet.as_manager()

    class Meta:
        db_table = "admintools_taskhistory"
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [
            ("view_console", "Can see the search console"),
            ("cancel_run", "Can cancel a run"),
            ("retry_run", "Can retry a run"),
            ("export_runs", "Can export the history of runs"),
            ("pause_queue", "Can pause and resume a queue"),
            ("run_schedule", "Can run a schedule now"),
            ("launch_rebuild_index", "Can launch: rebuild the index"),
            ("launch_rollback_index", "Can launch: roll the index back"),
            ("launch_import_catalog", "Can launch: import a tariff file"),
            ("launch_undo_import", "Can launch: undo an import"),
            ("launch_generate_keywords", "Can launch: generate search keywords"),
            ("launch_accept_keywords", "Can launch: accept the keywords of a run"),
            ("launch_compare_providers", "Can launch: compare keyword providers"),
            ("launch_evaluate_search", "Can launch: evaluate the search"),
            ("launch_classify_manifest", "Can launch: classify a manifest"),
            ("launch_learn_keywords", "Can launch: learn keywords from what people choose"),
            ("launch_collect_statistics", "Can launch: collect statistics"),
            ("launch_check_runs", "Can launch: check for stuck runs"),
            ("launch_cleanup", "Can launch: cleanup of old runs"),
            ("classify_goods", "Can classify goods and confirm tariff lines"),
            ("review_keywords", "Can review keywords and accept or revert their runs"),
            ("override_quality_gate", "Can let an index go live that answers worse"),
            ("handle_alerts", "Can acknowledge and close alerts"),
            ("handle_dead_letters", "Can see, replay and discard dead letters"),
            ("manage_notifications", "Can manage the notifications of teams"),
            ("view_system", "Can see Redis and the workers"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["resource"],
                condition=Q(status__in=[s.value for s in ACTIVE]) & ~Q(resource=""),
                name="admintools_one_active_run_per_resource",
            ),
            models.UniqueConstraint(
                fields=["slot"],
                condition=Q(slot__isnull=False),
                name="admintools_one_run_per_slot",
            ),
        ]
        indexes = RUN_INDEXES

    def __str__(self) -> str:
        return f"{self.label} #{self.pk}"

    def get_absolute_url(self) -> str:
        return _address(get_script_prefix()).replace(_ID, quote(self.task_id, safe=""))

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @property
    def tries(self) -> int:
        """Attempts that had the time to end by themselves, the present one included."""
        return self.attempt - self.losses - self.drains

    @property
    def definition(self) -> JobDefinition | None:
        """None for a row whose job no longer exists."""
        return registry.find(self.job)

    @property
    def ends_when_lost(self) -> bool:
        """Whether nobody takes it over if its worker dies now: it has lost as many as it may."""
        allowed = self.definition.losses if self.definition else 1
        return self.inline or self.losses + 1 >= allowed

    @property
    def label(self) -> str:
        definition = self.definition
        return str(definition.label) if definition else self.task_name

    @property
    def percent(self) -> int:
        """0-100; 100 only for success: a full bar that then fails would be a lie."""
        if self.status == Status.SUCCESS:
            return 100
        if not self.total:
            return 0
        return min(99, int(100 * self.done / self.total))
