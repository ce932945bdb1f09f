"""The launch cards: what a job does, how it went last time, and its button."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.urls import reverse
from django.utils.module_loading import import_string

from admintools.console import charts, responses
from admintools.jobs import queues
from admintools.jobs.models import TaskHistory
from admintools.jobs.registry import JobDefinition, registry


@dataclass(frozen=True)
class Card:
    """``last`` and ``active`` are run objects or None. ``posts`` tells a button that launches from
    a link to the form: what must be confirmed or uploaded is not launched by one press."""

    definition: JobDefinition
    last: dict[str, Any] | None
    active: dict[str, Any] | None
    past: charts.PastRuns | None
    queue: queues.QueueFact | None
    posts: bool

    @property
    def post_url(self) -> str:
        return reverse(f"admin:{self.definition.url_name}")

    @property
    def form_url(self) -> str:
        """Where the job can be looked at before it is launched."""
        if self.definition.form:
            return reverse("admin:console_launch", args=[self.definition.slug])
        return self.post_url


def cards(user: User | AnonymousUser) -> list[Card]:
    """One for each job that this user may launch from the home page."""
    facts = {fact.name: fact for fact in queues.queue_facts()}
    # At most one run works on a resource.
    working = {run.resource: run for run in TaskHistory.objects.active().exclude(resource="")}
    return [
        _card(job, facts.get(job.queue), working.get(job.resource))
        for job in registry
        if (job.on_home or job.url_name == "console_import") and user.has_perm(job.permission)
    ]


def _card(job: JobDefinition, queue: queues.QueueFact | None, active: TaskHistory | None) -> Card:
    last = TaskHistory.objects.finished().filter(job=job.slug).order_by("-id").first()
    return Card(
        definition=job,
        last=responses.run_object(last) if last else None,
        active=responses.run_object(active) if active else None,
        # Of a launch in which nobody chose anything.
        past=charts.past_runs(job.slug, job.defaults, last.task_id) if last else None,
        queue=queue,
        posts=bool(job.form) and "confirm" not in import_string(job.form).base_fields,
    )
