"""What a command says when it fails: one sentence, never a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from micasillero.work import Stopped, TryAgain, WorkError


@contextmanager
def as_sentence() -> Iterator[None]:
    """Turn the faults of long work into a CommandError (exit code 1; 130 for Ctrl-C)."""
    try:
        yield
    except WorkError as error:
        raise CommandError(told(error)) from None
    except TryAgain as error:
        raise CommandError(_(str(error))) from None
    except (Stopped, KeyboardInterrupt):
        raise CommandError(_("Stopped."), returncode=130) from None
    except DatabaseError as error:
        reason = " ".join(str(error).split())
        raise CommandError(
            _("The database refused: %(reason)s. Is it there, and is `manage.py migrate` done?")
            % {"reason": reason}
        ) from None


def told(error: WorkError) -> str:
    """The error's sentence in the active language, on one line."""
    text: Any = _(error.message)
    return " ".join((text % error.params if error.params else text).split())
