"""What a job is, and the one list of jobs. A wrong definition stops the start, not a click."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

QUEUES = ("celery", "elasticsearch", "ai_generation", "learning", "notifications", "events")
WIRE_PREFIX = "admintools.tasks."


@dataclass(frozen=True)
class Phase:
    """One step of a run, as the page draws it. ``label`` is lazy translated text."""

    slug: str
    label: Any


@dataclass(frozen=True)
class JobDefinition:
    """Everything the engine and the console must know about one job.

    ``resource`` names what the job works on: at most one active run per resource, "" for none.
    ``stall_after``: so long without a change of (phase, done) counts as stuck.
    ``alike``: past runs tell how long one takes that share these parameters with it; the values
    are what stands where a run was given none.
    ``attempts`` bounds retries of passing faults, ``losses`` the deaths of a worker.
    ``form`` is the dotted path of the launch form, "" for a job without parameters; ``preview``
    that of the callable which says, given the parameters, what a launch would do, and ``ended``
    that of one which is given each run of the job as it ended, however that was (see ending).
    ``on_home`` says whether the console's home shows a card for it; ``background`` leaves its runs
    out of the home's last ones, unless they failed.
    ``end_when_stuck``: a run that counts as stuck is ended (see checking).
    ``priority`` is that of its scheduled runs, where they come after those of other jobs (see
    priorities).
    """

    slug: str
    label: Any
    summary: Any
    wire_name: str
    queue: str
    resource: str = ""
    phases: tuple[Phase, ...] = ()
    unit: Any = ""
    form: str = ""
    preview: str = ""
    ended: str = ""
    url_name: str = ""
    stall_after: timedelta = timedelta(minutes=10)
    end_when_stuck: bool = False
    priority: int = 0
    attempts: int = 5
    losses: int = 3
    alike: Mapping[str, Any] = field(default_factory=dict)
    on_home: bool = False
    background: bool = False
    consequence: Any = ""
    defaults: dict[str, Any] = field(default_factory=dict)

    @property
    def task_name(self) -> str:
        """The short name that the history keeps."""
        return self.wire_name.removeprefix(WIRE_PREFIX)

    @property
    def permission(self) -> str:
        """The permission that launching needs, with its application label."""
        return f"admintools.launch_{self.slug}"

    def kind(self, parameters: Mapping[str, Any]) -> tuple[str, ...]:
        """The same for runs that take about as long as each other."""
        # As text: what a schedule gives is typed by hand, and may be anything.
        return tuple(str(parameters.get(name, usual)) for name, usual in self.alike.items())

    def phase_label(self, slug: str) -> str:
        return next((str(p.label) for p in self.phases if p.slug == slug), slug)

    def check(self) -> None:
        """Raise ImproperlyConfigured when the definition cannot work."""
        if not self.slug.isidentifier():
            raise ImproperlyConfigured(f"Job {self.slug!r}: the slug must be an identifier.")
        if not self.wire_name.startswith(WIRE_PREFIX) or not self.task_name:
            raise ImproperlyConfigured(f"Job {self.slug}: wire name must start {WIRE_PREFIX!r}.")
        if self.queue not in QUEUES:
            raise ImproperlyConfigured(f"Job {self.slug}: no queue is called {self.queue!r}.")
        if self.attempts < 1 or self.losses < 1:
            raise ImproperlyConfigured(f"Job {self.slug}: attempts and losses start at 1.")
        for path in filter(None, (self.form, self.preview, self.ended)):
            try:
                import_string(path)
            except ImportError as error:
                raise ImproperlyConfigured(f"Job {self.slug}: no {path!r} ({error}).") from None
        slugs = [p.slug for p in self.phases]
        if len(slugs) != len(set(slugs)):
            raise ImproperlyConfigured(f"Job {self.slug}: two phases share a name.")


class UnknownJob(LookupError):  # noqa: N818 - reads as a sentence where it is caught
    """No job has that name. The message lists those that exist."""


class Registry:
    """Jobs by slug, bodies by wire name. Registering twice is refused and changes nothing."""

    def __init__(self) -> None:
        self._jobs: dict[str, JobDefinition] = {}
        self._bodies: dict[str, Callable[..., dict]] = {}

    def add(self, *jobs: JobDefinition) -> None:
        """Add definitions, all or none."""
        names = dict(self._jobs)
        wires = {job.wire_name for job in names.values()}
        for job in jobs:
            job.check()
            if job.slug in names or job.wire_name in wires:
                raise ImproperlyConfigured(f"Job {job.slug!r} or its wire name exists already.")
            names[job.slug] = job
            wires.add(job.wire_name)
        self._jobs = names

    def add_body(self, wire_name: str, body: Callable[..., dict]) -> None:
        if wire_name in self._bodies:
            raise ImproperlyConfigured(f"Two bodies for the task {wire_name!r}.")
        self._bodies[wire_name] = body

    def discard(self, slug: str) -> None:
        """Forget a job and its body: for tests that register their own."""
        job = self._jobs.pop(slug, None)
        if job:
            self._bodies.pop(job.wire_name, None)

    def get(self, slug: str) -> JobDefinition:
        try:
            return self._jobs[slug]
        except KeyError:
            known = ", ".join(sorted(self._jobs)) or "none"
            raise UnknownJob(f"No job is called {slug!r}. Known jobs: {known}.") from None

    def find(self, slug: str) -> JobDefinition | None:
        """As get, but None: rows outlive the definitions they were made with."""
        return self._jobs.get(slug)

    def body(self, job: JobDefinition) -> Callable[..., dict]:
        try:
            return self._bodies[job.wire_name]
        except KeyError:
            raise ImproperlyConfigured(f"Job {job.slug}: no task body is registered.") from None

    def has_body(self, wire_name: str) -> bool:
        """Whether the task of that name performs runs."""
        return wire_name in self._bodies

    def bodiless(self) -> list[str]:
        return [j.slug for j in self if j.wire_name not in self._bodies]

    def __iter__(self) -> Iterator[JobDefinition]:
        return iter(self._jobs.values())


registry = Registry()
