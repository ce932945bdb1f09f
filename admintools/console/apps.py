from django.apps import AppConfig
from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    name = "admintools.console"
    label = "console"
    verbose_name = _("Search console")

    def ready(self) -> None:
        from django_celery_results.models import GroupResult, TaskResult

        from . import admission

        admission.hear_of_changes()
        # The history shows every run, read-only. That package's pages would let staff write
        # results by hand, in English, and search a million rows without an index.
        admin.site.unregister([GroupResult, TaskResult])
