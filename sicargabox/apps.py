"""The admin site and what has to be true before anything starts."""

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class SicargaBoxAdminConfig(AdminConfig):
    default_site = "admintools.console.site.ConsoleAdminSite"


class SicargaBoxConfig(AppConfig):
    name = "sicargabox"

    def ready(self) -> None:
        # A wrong definition must stop the start, not the click; importing it registers the jobs.
        from admintools import definitions

        from . import checks, redis_checks  # noqa: F401

        # Not ourselves: an application without models is never told that migrations ran.
        beat = apps.get_app_config("django_celery_beat")
        post_migrate.connect(
            definitions.ensure_schedules, sender=beat, dispatch_uid="sicargabox.schedules"
        )
