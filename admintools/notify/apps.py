from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotifyConfig(AppConfig):
    name = "admintools.notify"
    label = "admintools_notify"
    verbose_name = _("Notifications")

    def ready(self) -> None:
        from . import triggers  # noqa: F401 - hears of runs that ended
