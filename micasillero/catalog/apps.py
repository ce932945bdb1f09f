from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "micasillero.catalog"
    label = "MiCasillero"
    verbose_name = _("Tariff")
