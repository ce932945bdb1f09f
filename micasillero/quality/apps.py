from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class QualityConfig(AppConfig):
    name = "micasillero.quality"
    label = "micasillero_quality"
    verbose_name = _("Search quality")

    def ready(self) -> None:
        from .shipped import ensure_loaded

        post_migrate.connect(ensure_loaded, sender=self, dispatch_uid="micasillero.quality.shipped")
