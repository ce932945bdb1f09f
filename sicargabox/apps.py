"""The admin site and what has to be true before anything starts."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class SicargaBoxAdminConfig(AdminConfig):
    default_site = "admintools.console.site.ConsoleAdminSite"


class SicargaBoxConfig(AppConfig):
    name = "sicargabox"

    def ready(self) -> None:
        # A wrong definition must stop the start, not the click; importing it registers the jobs.
        from admintools import definitions

        from . import checks  # noqa: F401

        post_migrate.connect(
            definitions.ensure_schedules, sender=self, dispatch_uid="sicargabox.schedules"
        )
