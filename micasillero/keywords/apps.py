from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KeywordsConfig(AppConfig):
    name = "micasillero.keywords"
    label = "micasillero_keywords"
    verbose_name = _("Search keywords")
