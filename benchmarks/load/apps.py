from celery.signals import worker_process_init
from django.apps import AppConfig


class LoadConfig(AppConfig):
    """Jobs that only benchmarks launch, registered as any other."""

    name = "benchmarks.load"
    label = "load"

    def ready(self) -> None:
        from . import jobs, writes

        jobs.register()
        # In a worker; the web server's statements are not to be looked at while it is measured.
        worker_process_init.connect(writes.watch, dispatch_uid="benchmarks.writes")
