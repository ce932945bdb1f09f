from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QualityConfig(AppConfig):
    name = "micasillero.quality"
    label = "micasillero_quality"
    verbose_name = _("Search quality")
