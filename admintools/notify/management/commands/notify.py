"""`manage.py notify`: notifications without the queue, watching, the dead-man's call."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from admintools.notify.process import Notify


class Command(BaseCommand):
    help = (
        "Sends the notifications that no worker took, announces stuck runs and queues without a "
        "worker, and calls DEAD_MAN_URL while all is well. Runs for ever; several at once do no "
        "harm."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one turn, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        process = Notify()
        if options["once"]:
            process.turn()
            process.close()
            return
        process.run_until_signalled(self.stdout)
