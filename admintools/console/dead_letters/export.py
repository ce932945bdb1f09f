"""Dead letters as CSV."""

import json
from collections.abc import Iterable, Iterator

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext as _

from admintools.console.spreadsheet import BOM, line

from .kinds import Kind
from .letters import page

MOST = 10_000


def lines(kinds: Iterable[Kind], user: User) -> Iterator[str]:
    """The file, newest first, at most MOST of them."""
    chosen = list(kinds)
    yield BOM + line([_("Key"), _("Kind"), _("What"), _("Died"), _("Code"), _("Why"), _("Payload")])
    below, left = None, MOST
    while left > 0:
        letters, below = page(chosen, user, below)
        for letter in letters[:left]:
            at = timezone.localtime(letter.at).strftime("%Y-%m-%d %H:%M:%S")
            payload = json.dumps(letter.payload, ensure_ascii=False, default=str)
            told = [letter.key, letter.label, letter.what, at, letter.code, letter.why, payload]
            yield line(told)
        left -= len(letters)
        if below is None:
            break
