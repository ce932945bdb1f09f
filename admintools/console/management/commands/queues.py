"""`manage.py queues`: what waits where; pause a queue and let it go on."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from admintools.jobs import pausing, queues

BY = "manage.py"
USAGE = 2


class Command(BaseCommand):
    """Pausing what is paused, or resuming what is not, changes nothing and is a success."""

    help = (
        "Lists the queues, pauses one or lets it go on. Exit codes: 0 success, 2 usage or unknown "
        "queue."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help=_("print one JSON object"))
        actions = parser.add_subparsers(dest="action", metavar="{list,pause,resume}")
        actions.add_parser("list", help=_("every queue: waiting, running, workers, paused"))
        pause = actions.add_parser("pause", help=_("start nothing more; what runs goes on"))
        pause.add_argument("queue")
        pause.add_argument("--reason", default="", help=_("shown to whoever asks why it waits"))
        resume = actions.add_parser("resume", help=_("send what waits, at once"))
        resume.add_argument("queue")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sentence = self._act(options)
        except pausing.UnknownQueue as unknown:
            raise CommandError(str(unknown), returncode=USAGE) from None
        facts = queues.queue_facts(fresh=True)
        if options["json"]:
            told = {"queues": [as_json(fact) for fact in facts]}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(sentence or "\n".join(line(fact) for fact in facts))

    def _act(self, options: dict[str, Any]) -> str:
        """Do what was asked; how that went, "" for a list."""
        named = {"queue": options.get("queue")}
        if options["action"] == "pause":
            if pausing.pause(options["queue"], BY, options["reason"]):
                return _("The queue %(queue)s is paused. What is launched there waits.") % named
            return _("The queue %(queue)s was paused already.") % named
        if options["action"] == "resume":
            if pausing.resume(options["queue"], BY):
                return _("The queue %(queue)s goes on: what waited is being sent.") % named
            return _("The queue %(queue)s was not paused.") % named
        return ""


def as_json(fact: queues.QueueFact) -> dict[str, Any]:
    held = fact.pause
    return {
        "queue": fact.name,
        "waiting": fact.waiting,
        "running": fact.running,
        "workers": fact.workers,
        "paused": fact.paused,
        "paused_by": held.paused_by if held else None,
        "paused_at": held.paused_at.isoformat() if held else None,
        "reason": held.reason if held else None,
    }


def line(fact: queues.QueueFact) -> str:
    told = _("%(queue)s: %(waiting)s waiting, %(running)s running, workers: %(workers)s") % {
        "queue": fact.name,
        "waiting": fact.waiting,
        "running": fact.running,
        "workers": fact.workers,
    }
    if fact.pause:
        told += "; " + _("paused by %(who)s since %(since)s") % {
            "who": fact.pause.paused_by,
            "since": f"{localtime(fact.pause.paused_at):%Y-%m-%d %H:%M}",
        }
        told += f" ({fact.pause.reason})" if fact.pause.reason else ""
    return told
