"""`manage.py collect_statistics`: what beat does every hour."""

from typing import Any

from django.utils.translation import ngettext

from admintools.jobs.commands import JobCommand


class Command(JobCommand):
    help = (
        "Keeps the figures of the hours that ended, and of those missed in the last week. "
        "Exit codes: 0 success, 1 failure, 2 usage, 3 already running, 130 cancelled."
    )
    slug = "collect_statistics"

    def sentence(self, result: dict[str, Any]) -> str:
        hours = result["hours"]
        return ngettext("%(n)s hour collected.", "%(n)s hours collected.", hours) % {"n": hours}
