"""`manage.py check_runs`: what beat does every ten minutes."""

from typing import Any

from django.utils.translation import gettext as _

from admintools.jobs.commands import JobCommand


class Command(JobCommand):
    help = (
        "Counts the runs that do not move or give no sign of life, takes back those that lost "
        "their worker and ends those that may be ended. "
        "Exit codes: 0 success, 1 failure, 2 usage, 3 already running, 130 cancelled."
    )
    slug = "check_runs"

    def sentence(self, result: dict[str, Any]) -> str:
        told = _(
            "Stuck: %(stuck)s, of them ended: %(ended)s. Silent: %(silent)s. Lost: %(reaped)s."
        )
        return told % result
