from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "admintools.jobs"
    label = "admintools"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        from . import workers  # noqa: F401 - connects Celery's signals
