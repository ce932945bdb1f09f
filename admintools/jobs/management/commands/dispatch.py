"""`manage.py dispatch`: sends what is due, takes back what has died."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from admintools.jobs.dispatch import Dispatcher
from admintools.jobs.sources import every_source


class Command(BaseCommand):
    help = (
        "Sends runs, deliveries and batches of events whose message is missing or lost, and takes "
        "back those whose worker died. "
        "Runs for ever; several at once do no harm."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one turn, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        dispatcher = Dispatcher(every_source())
        if options["once"]:
            dispatcher.turn()
            return
        dispatcher.run_until_signalled(self.stdout)
