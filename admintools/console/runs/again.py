"""How a run that ended is launched again: by one press, through its form, or not at all."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from admintools.console.launch.views import form_of
from admintools.console.permissions import RETRY_RUN
from admintools.jobs.models import Status, TaskHistory


@dataclass(frozen=True)
class Again:
    """``posts``: one press does it, with the same parameters. ``url`` leads to the form, filled in
    with them, and ``label`` is what its link says; both "" where there is no such link."""

    posts: bool = False
    url: str = ""
    label: str = ""


def ways(run: TaskHistory, user: User | AnonymousUser) -> Again:
    definition = run.definition
    if definition is None or run.is_active or not user.has_perm(definition.permission):
        return Again()
    may_retry = user.has_perm(RETRY_RUN)
    succeeded = run.status == Status.SUCCESS
    if not definition.form:
        return Again(posts=may_retry and not succeeded)
    url = reverse("admin:console_launch", args=[run.job])
    if succeeded:
        filled = f"{url}?{urlencode({'retry_of': run.task_id})}" if may_retry else url
        return Again(url=filled, label=_("Repeat…"))
    if not may_retry:
        return Again()
    url = f"{url}?{urlencode({'retry_of': run.task_id})}"
    form = form_of(definition, user=user)
    # One press must not do what the form asks to be confirmed.
    posts = form.confirmation is None
    if any(form.choices()):
        return Again(posts, url, _("Edit and retry…"))
    return Again(posts=True) if posts else Again(url=url, label=_("Retry…"))
