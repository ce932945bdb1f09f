from django.apps import AppConfig


class TrialConfig(AppConfig):
    """Jobs that only tests launch, registered as any other."""

    name = "tests.support.trial"
    label = "trial"

    def ready(self) -> None:
        from . import jobs  # noqa: F401
