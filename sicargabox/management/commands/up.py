"""manage.py up: everything on one host."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from sicargabox.supervisor.run import PartFailed, Refused, StopAsked, UpOptions, running


def port_number(text: str) -> int:
    """A port to listen on. The system takes larger numbers, and listens elsewhere."""
    if not (text.isdecimal() and 1 <= int(text) <= 65535):
        raise ArgumentTypeError(f"{text!r} is not a port: write a number from 1 to 65535.")
    return int(text)


def add_listening_arguments(parser: ArgumentParser, port: int | None) -> None:
    parser.add_argument(
        "--port", type=port_number, default=port, help="Port of the site (default: 8000)."
    )
    parser.add_argument("--host", default="127.0.0.1", help="Address that the site listens on.")
    parser.add_argument(
        "--grace",
        type=float,
        default=20.0,
        metavar="SECONDS",
        help="How long a part may take to end by itself when everything is stopped.",
    )


class Command(BaseCommand):
    help = (
        "Run everything on this host until Ctrl-C: broker (unless REDIS_URL is set), migrations, "
        "web, workers, dispatch, sync_index, notify and beat. Exit codes: 0 stopped on demand, 1 a "
        "part died or could not start."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_listening_arguments(parser, 8000)

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        chosen = UpOptions(host=options["host"], port=options["port"], grace=options["grace"])
        try:
            with running(chosen, self.say) as supervisor:
                self.say(f"All parts run. {chosen.site}/admin/elasticsearch/  Stop: Ctrl-C")
                supervisor.watch()
        except StopAsked:
            self.say("Stopped.")
        except (Refused, PartFailed) as error:
            raise CommandError(str(error)) from None

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
