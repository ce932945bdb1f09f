"""`manage.py rollback_index`: back to the previous index definition."""

from typing import Any

from django.utils.translation import gettext as _

from admintools.jobs.commands import JobCommand


class Command(JobCommand):
    help = (
        "Swaps the alias back to the previous index and brings its data up to date. "
        "Exit codes: 0 success, 1 failure, 2 usage, 3 already running, 130 cancelled."
    )
    slug = "rollback_index"

    def sentence(self, result: dict[str, Any]) -> str:
        return _("The alias points to %(index)s again.") % {"index": result["index"]}
