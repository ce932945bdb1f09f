from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "micasillero.events"
    label = "micasillero_events"
    verbose_name = _("Events")
