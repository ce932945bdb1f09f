"""`manage.py sync_index`: carries every change into the live index."""

import time
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from admintools.jobs import beats
from micasillero.search.sync import run_sync, sync_all, sync_once, until_signalled
from micasillero.work import TryAgain, WorkError


class Command(BaseCommand):
    """Runs until SIGTERM, which ends it within 2 s."""

    help = "Keep the live search index equal to the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--once",
            action="store_true",
            help="compare everything once and end (exit 1 on failure)",
        )

    def handle(self, *args: object, once: bool, **options: object) -> None:
        if not once:
            with until_signalled() as stop:
                self.stdout.write("sync_index: ready")
                self.stdout.flush()
                beat = Beat()
                run_sync(stop, beat)
                beats.leave(beat.instance)
            return
        try:
            differed = sync_once() + sync_all()
        except (TryAgain, WorkError, DatabaseError) as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"{differed} documents differed; the index now equals the database.")


class Beat:
    """Proof of life, written by the loop that does the work: one that hangs falls silent."""

    def __init__(self) -> None:
        self.instance = beats.instance_name("sync_index")
        self._at = 0.0

    def __call__(self) -> None:
        now = time.monotonic()
        if not self._at or now - self._at >= beats.BEAT_EVERY:
            beats.beat("sync_index", self.instance)
            self._at = now
