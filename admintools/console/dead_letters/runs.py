"""Failed runs that nobody has launched again or discarded."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from admintools.console.launch.views import form_of
from admintools.console.permissions import RETRY_RUN
from admintools.console.runs import again
from admintools.jobs.launch import Conflict, Initiator, retry
from admintools.jobs.models import Dismissal, Source, TaskHistory
from admintools.jobs.texts import render

from .kinds import Letter, Outcome, done, key_of


class Runs:
    """A replay is a new run that names the failed one."""

    slug = "run"
    label = _("Runs")

    def rows(self) -> QuerySet:
        return TaskHistory.objects.dead().annotate(died_at=F("finished_at"))

    def letter(self, row: TaskHistory, user: User) -> Letter:
        ways = again.ways(row, user)
        return Letter(
            key=key_of(self, row),
            label=_("Run"),
            what=row.label,
            why=render(row.error_message, row.error_params),
            code=row.error_code,
            at=row.died_at,  # type: ignore[attr-defined]
            traceback=row.traceback,
            payload=row.parameters,
            url=row.get_absolute_url(),
            form="" if ways.posts else ways.url,
        )

    def replay(self, row: TaskHistory, user: User) -> Outcome:
        if not again.ways(row, user).posts:
            return Outcome.FORBIDDEN
        if not _still_valid(row, user):
            return Outcome.FAILED
        with transaction.atomic():
            # Of two who press the button one launches it.
            TaskHistory.objects.select_for_update().get(pk=row.pk)
            if not TaskHistory.objects.dead().filter(pk=row.pk).exists():
                return Outcome.BEFORE
            try:
                retry(row, Initiator(Source.CONSOLE, user=user))
            except Conflict:
                return Outcome.FAILED
        return Outcome.DONE

    def discard(self, row: TaskHistory, user: User) -> Outcome:
        if not user.has_perm(RETRY_RUN):
            return Outcome.FORBIDDEN
        _dismissal, new = Dismissal.objects.get_or_create(
            run=row, defaults={"by": user.get_username()}
        )
        return done(new)


def _still_valid(row: TaskHistory, user: User) -> bool:
    """What was asked for then, held to the job's form of today."""
    definition = row.definition
    if definition is None or not definition.form:
        return definition is not None
    return not form_of(definition, row.parameters, user=user).errors
