"""`manage.py cleanup`: what beat does every night at three."""

from typing import Any

from django.utils.translation import gettext as _

from admintools.jobs.commands import JobCommand


class Command(JobCommand):
    help = (
        "Deletes runs and log lines that are older than their retention. "
        "Exit codes: 0 success, 1 failure, 2 usage, 3 already running, 130 cancelled."
    )
    slug = "cleanup"

    def sentence(self, result: dict[str, Any]) -> str:
        return _("%(deleted)s old rows deleted.") % {"deleted": f"{result['deleted']:,}"}
