"""Every job of the product, in one place. Read this file to know what staff can launch.

Imported at start-up by sicargabox.apps and by the worker: a wrong definition stops both.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from admintools.jobs import priorities, schedules
from admintools.jobs.registry import JobDefinition, Phase, registry
from admintools.tasks import (  # noqa: F401 - registers the tasks
    acceptance,
    catalog,
    classification,
    events,
    index,
    keywords,
    learning,
    notifications,
    quality,
    schedule,
    upkeep,
    watching,
)
from micasillero.generation.run import LEXICON

from .shipped_schedules import SCHEDULES

# Rebuild, rollback, import and undo exclude each other: each changes what the others compare with.
INDEX = "index"

registry.add(
    JobDefinition(
        slug="rebuild_index",
        label=_("Rebuild the index"),
        summary=_(
            "Builds a new index beside the live one, verifies it and swaps the alias. "
            "Searching goes on meanwhile."
        ),
        wire_name=index.REBUILD,
        queue="elasticsearch",
        resource=INDEX,
        alike={"engine": ""},
        phases=(
            Phase("prepare", _("Prepare")),
            Phase("index", _("Index")),
            Phase("replay", _("Replay changes")),
            Phase("verify", _("Verify")),
            Phase("swap", _("Swap")),
        ),
        unit=_("documents"),
        form="admintools.console.launch.forms.RebuildForm",
        preview="admintools.console.launch.previews.rebuild",
        url_name="console_rebuild",
        on_home=True,
        consequence=_("The half-built index is deleted. The live one does not change."),
    ),
    JobDefinition(
        slug="rollback_index",
        label=_("Return to the previous index definition"),
        summary=_(
            "Goes back to the mapping, analysis and ranking of the previous index. "
            "The data stay today's."
        ),
        wire_name=index.ROLLBACK,
        queue="elasticsearch",
        resource=INDEX,
        # Never by itself a second time: that would undo the first, if it went through.
        attempts=1,
        losses=1,
        phases=(
            Phase("prepare", _("Prepare")),
            Phase("swap", _("Swap")),
            Phase("replay", _("Replay changes")),
        ),
        unit=_("documents"),
        form="admintools.console.launch.forms.RollbackForm",
        preview="admintools.console.launch.previews.rollback",
        url_name="console_rollback",
        consequence=_("Before the swap nothing changes; after it the data are brought up to date."),
    ),
    JobDefinition(
        slug="generate_keywords",
        label=_("Generate search keywords"),
        summary=_(
            "Writes what people call each tariff line, so that everyday words find it. "
            "What a person decided stays."
        ),
        wire_name=keywords.GENERATE,
        queue="ai_generation",
        resource="keywords",
        # The lexicon takes seconds for what a model takes hours for, a chapter less than all.
        alike={"provider": LEXICON, "chapter": "", "missing": False},
        phases=(Phase("store", _("Write keywords")),),
        unit=_("lines"),
        form="admintools.console.launch.generation_forms.GenerateForm",
        preview="admintools.console.launch.generation_previews.generate",
        ended="admintools.tasks.keywords.generation_ended",
        url_name="console_generate",
        on_home=True,
        consequence=_("The keywords written so far stay; a later run goes on."),
    ),
    JobDefinition(
        slug="learn_keywords",
        label=_("Learn from what people choose"),
        summary=_(
            "Looks through what customers chose and your staff confirmed, and proposes the words "
            "by which a line should be found. You decide about them in the review."
        ),
        wire_name=learning.LEARN,
        queue="learning",
        # Generation writes the same rows.
        resource="keywords",
        phases=(
            Phase("count", _("Count choices")),
            Phase("weigh", _("Weigh them")),
            Phase("propose", _("Propose keywords")),
        ),
        unit=_("events"),
        form="admintools.console.launch.learning.LearnForm",
        preview="admintools.console.launch.learning.learn",
        ended="admintools.tasks.learning.learning_ended",
        url_name="console_learn",
        on_home=True,
        consequence=_("Nothing is proposed; another run begins anew."),
    ),
    JobDefinition(
        slug="accept_keywords",
        label=_("Accept the keywords of a run"),
        summary=_(
            "Lets the keywords that passed the filters go live, and takes them out again if the "
            "judged queries are then answered worse."
        ),
        wire_name=acceptance.ACCEPT,
        queue="elasticsearch",
        # A rebuild meanwhile would change what the answers before are compared with.
        resource=INDEX,
        phases=(
            Phase("before", _("Ask the judged queries")),
            Phase("index", _("Index")),
            Phase("after", _("Ask them again")),
        ),
        unit=_("queries"),
        consequence=_("The keywords wait for a decision, as before."),
    ),
    JobDefinition(
        slug="classify_manifest",
        label=_("Classify a manifest"),
        summary=_(
            "Searches the tariff line of each of up to 500 kinds of goods. "
            "A person then reviews them and exports the list."
        ),
        wire_name=classification.CLASSIFY,
        queue="celery",
        phases=(Phase("search", _("Search")),),
        unit=_("lines"),
        url_name="console_manifests",
        on_home=True,
        consequence=_("The lines searched so far stay; a later run goes on."),
    ),
    JobDefinition(
        slug="compare_providers",
        label=_("Compare two models"),
        summary=_(
            "Asks two models for the same few lines and puts their keywords, costs and times side "
            "by side. Nothing of it becomes a keyword."
        ),
        wire_name=keywords.COMPARE,
        queue="ai_generation",
        alike={"first": "", "second": "", "sample": 0},
        # That of generation: two at work could both pay for the same answer.
        resource="keywords",
        phases=(Phase("ask", _("Ask")),),
        unit=_("answers"),
        form="admintools.console.launch.generation_forms.CompareForm",
        preview="admintools.console.launch.generation_previews.compare",
        url_name="console_compare",
        consequence=_("What was answered is paid; another comparison finds it."),
    ),
    JobDefinition(
        slug="evaluate_search",
        label=_("Evaluate the search"),
        summary=_(
            "Asks the search the judged queries and keeps how many find their tariff line, so "
            "that you see whether it gets better."
        ),
        wire_name=quality.EVALUATE,
        queue="elasticsearch",
        resource="evaluation",
        alike={"engine": ""},
        end_when_stuck=True,
        phases=(Phase("ask", _("Ask the queries")),),
        unit=_("queries"),
        form="admintools.console.launch.forms.EvaluateForm",
        preview="admintools.console.launch.previews.evaluate",
        url_name="console_evaluate",
        on_home=True,
        consequence=_("Nothing is kept of this evaluation; the earlier ones stay."),
    ),
    JobDefinition(
        slug="import_catalog",
        label=_("Import a tariff file"),
        summary=_("Applies an uploaded tariff file after you have seen what it changes."),
        wire_name=catalog.IMPORT,
        queue="celery",
        resource=INDEX,
        phases=(
            Phase("read", _("Read")),
            Phase("compare", _("Compare")),
            Phase("apply", _("Apply")),
        ),
        unit=_("lines"),
        url_name="console_import",
        consequence=_("Nothing of the file is applied."),
    ),
    JobDefinition(
        slug="undo_import",
        label=_("Undo an import"),
        summary=_("Brings back the values that the last import replaced."),
        wire_name=catalog.UNDO,
        queue="celery",
        resource=INDEX,
        phases=(Phase("compare", _("Compare")), Phase("apply", _("Apply"))),
        unit=_("lines"),
        consequence=_("The import stays as it is."),
    ),
    JobDefinition(
        slug="cleanup",
        label=_("Clean up old runs"),
        summary=_(
            "Deletes runs, log lines, events, manifests and forgotten queries older than their "
            "retention, and empties older events of personal data."
        ),
        wire_name=upkeep.CLEANUP,
        queue="celery",
        resource="cleanup",
        priority=priorities.UPKEEP,
        phases=(Phase("delete", _("Delete")), Phase("redact", _("Empty of personal data"))),
        unit=_("rows"),
        form="admintools.console.launch.forms.CleanupForm",
        preview="admintools.console.launch.previews.cleanup",
        url_name="console_cleanup",
        on_home=True,
        consequence=_("What is deleted already stays deleted."),
    ),
    JobDefinition(
        slug="collect_statistics",
        label=_("Collect statistics"),
        summary=_(
            "Keeps how many runs each hour had, how long they took and how long they waited."
        ),
        wire_name=watching.COLLECT_STATISTICS,
        queue="celery",
        resource="statistics",
        priority=priorities.UPKEEP,
        phases=(Phase("collect", _("Collect")),),
        unit=_("hours"),
        form="admintools.console.launch.forms.LaunchForm",
        url_name="console_collect_statistics",
        end_when_stuck=True,
        background=True,
        consequence=_("The hours collected so far stay; the next time makes good the others."),
    ),
    JobDefinition(
        slug="check_runs",
        label=_("Check the runs"),
        summary=_(
            "Looks for runs that do not move or give no sign of life, takes back those that lost "
            "their worker and ends those that may be ended."
        ),
        wire_name=watching.CHECK_RUNS,
        queue="celery",
        resource="checking",
        priority=priorities.UPKEEP,
        form="admintools.console.launch.forms.LaunchForm",
        url_name="console_check_runs",
        end_when_stuck=True,
        background=True,
        consequence=_("The runs stay as they are until the next check."),
    ),
)


def ensure_schedules(**_kwargs: Any) -> None:
    """After `migrate`: install the schedules that are missing, once their table is there."""
    if schedules.installed():
        schedules.ensure(SCHEDULES)
