from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClassificationConfig(AppConfig):
    name = "micasillero.classification"
    label = "micasillero_classification"
    verbose_name = _("Classification of goods")
