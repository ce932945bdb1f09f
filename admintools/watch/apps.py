from django.apps import AppConfig


class WatchConfig(AppConfig):
    """Looking at what runs: figures for Prometheus, and the hourly ones that are kept."""

    name = "admintools.watch"
    label = "admintools_watch"
