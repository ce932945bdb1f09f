from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GenerationConfig(AppConfig):
    name = "micasillero.generation"
    label = "micasillero_generation"
    verbose_name = _("Keyword generation")
