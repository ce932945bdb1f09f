"""`manage.py create_groups`: the console's groups, so that nobody is given permissions by hand."""

import json
from argparse import ArgumentParser
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

READ = (
    "admintools.view_console",
    "admintools.view_taskhistory",
    "MiCasillero.view_partidaarancelaria",
    "MiCasillero.view_importbatch",
    "MiCasillero.view_importchange",
    "micasillero_keywords.view_keyword",
    "micasillero_classification.view_classification",
    "micasillero_quality.view_queryjudgment",
    "micasillero_quality.view_searchevaluation",
    "micasillero_quality.view_askedquery",
    "micasillero_compliance.view_rule",
    "django_celery_beat.view_periodictask",
)
OPERATE = (
    *READ,
    "admintools.launch_rebuild_index",
    "admintools.launch_generate_keywords",
    "admintools.launch_compare_providers",
    "admintools.launch_evaluate_search",
    # Who launches a run also sees to what it wrote.
    "admintools.review_keywords",
    "admintools.launch_accept_keywords",
    "micasillero_keywords.change_keyword",
    "admintools.launch_import_catalog",
    "admintools.launch_learn_keywords",
    "admintools.launch_collect_statistics",
    "admintools.launch_check_runs",
    "admintools.launch_cleanup",
    "admintools.handle_alerts",
    "admintools.launch_classify_manifest",
    "admintools.classify_goods",
    "micasillero_keywords.add_keyword",
    "admintools.cancel_run",
    "admintools.retry_run",
    "admintools.export_runs",
    "micasillero_quality.add_queryjudgment",
    "micasillero_quality.change_queryjudgment",
    "micasillero_quality.change_askedquery",
)
ADMINISTER = (
    *OPERATE,
    "admintools.launch_rollback_index",
    "admintools.launch_undo_import",
    "admintools.override_quality_gate",
    "admintools.handle_dead_letters",
    "admintools.manage_notifications",
    "admintools.view_system",
    # Programs that may send events, and their tokens.
    "api.view_apiclient",
    "api.add_apiclient",
    "api.change_apiclient",
    "admintools.pause_queue",
    "micasillero_compliance.add_rule",
    "micasillero_compliance.change_rule",
    "admintools.run_schedule",
    "django_celery_beat.add_periodictask",
    "django_celery_beat.change_periodictask",
    "django_celery_beat.delete_periodictask",
    # The form of a schedule offers to make the time it runs at.
    "django_celery_beat.view_crontabschedule",
    "django_celery_beat.add_crontabschedule",
    "django_celery_beat.change_crontabschedule",
    "django_celery_beat.view_intervalschedule",
    "django_celery_beat.add_intervalschedule",
    "django_celery_beat.change_intervalschedule",
    "MiCasillero.add_partidaarancelaria",
    "MiCasillero.change_partidaarancelaria",
    "MiCasillero.delete_partidaarancelaria",
    "micasillero_classification.delete_classification",
)
# Each holds the one before it, so that a person needs one group. Names are data, not translated:
# a second run must find them in whatever language it speaks.
GROUPS = {
    "Consola: lectura": READ,
    "Consola: operación": OPERATE,
    "Consola: administración": ADMINISTER,
}


@dataclass(frozen=True)
class Change:
    """What is done to one group. ``extra`` was added by hand; ``removed`` is that, on --reset."""

    group: str
    created: bool
    added: list[str]
    removed: list[str]
    extra: list[str]

    def as_json(self) -> dict[str, Any]:
        return {
            "group": self.group,
            "created": self.created,
            "added": self.added,
            "removed": self.removed,
            "kept_by_hand": [] if self.removed else self.extra,
        }


class Command(BaseCommand):
    """Twice does the same as once."""

    help = (
        "Makes or completes the console's groups of permissions. What was added to them by hand "
        "stays, unless --reset. Exit codes: 0 success, 1 a permission is missing (migrate first), "
        "2 usage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help=_("say it, change nothing"))
        parser.add_argument(
            "--reset", action="store_true", help=_("take away what was added by hand")
        )
        parser.add_argument("--json", action="store_true", help=_("print one JSON object"))

    def handle(self, *args: Any, dry_run: bool, reset: bool, **options: Any) -> None:
        known = permissions()
        with transaction.atomic():
            changes = [
                bring(name, wanted, known, reset=reset, write=not dry_run)
                for name, wanted in GROUPS.items()
            ]
        if options["json"]:
            told = {"dry_run": dry_run, "groups": [change.as_json() for change in changes]}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        self.stdout.write("\n".join(sentence(change) for change in changes))
        if dry_run:
            self.stdout.write(_("Nothing was written."))


def permissions() -> dict[str, Permission]:
    """Those of the groups, by ``application.codename``. Raises CommandError when one is missing."""
    wanted = {name for names in GROUPS.values() for name in names}
    applications = {name.partition(".")[0] for name in wanted}
    rows = Permission.objects.select_related("content_type")
    found = {name_of(row): row for row in rows.filter(content_type__app_label__in=applications)}
    if missing := sorted(wanted - found.keys()):
        raise CommandError(
            _("These permissions do not exist; run manage.py migrate first: %(names)s")
            % {"names": ", ".join(missing)}
        )
    return found


def name_of(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"


def bring(
    name: str, wanted: tuple[str, ...], known: dict[str, Permission], *, reset: bool, write: bool
) -> Change:
    """Bring one group to what it should hold; without ``write`` only compare."""
    group = Group.objects.filter(name=name).first()
    created = group is None
    if group is None and write:
        group = Group.objects.create(name=name)
    rows = group.permissions.select_related("content_type") if group and not created else []
    held = {name_of(row): row for row in rows}
    added = [each for each in wanted if each not in held]
    extra = sorted(held.keys() - set(wanted))
    removed = extra if reset else []
    if group and write:
        group.permissions.add(*(known[each] for each in added))
        group.permissions.remove(*(held[each] for each in removed))
    return Change(name, created, added, removed, extra)


def sentence(change: Change) -> str:
    if change.created:
        head = _("%(group)s: made, %(added)s permissions.")
    elif change.added or change.removed:
        head = _("%(group)s: %(added)s permissions added, %(removed)s taken away.")
    else:
        head = _("%(group)s: complete.")
    told = head % {
        "group": change.group,
        "added": len(change.added),
        "removed": len(change.removed),
    }
    if change.extra and not change.removed:
        names = ", ".join(change.extra)
        told += " " + _("Added by hand, kept: %(names)s.") % {"names": names}
    return told
