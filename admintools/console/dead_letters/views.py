"""The dead letters of every kind: what, why, and what to do with them."""

import json
from collections import Counter
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from admintools.console import audit, responses
from admintools.console.formatting import number
from admintools.console.permissions import HANDLE_DEAD_LETTERS, console_view
from admintools.watch import dead_letters as counted

from . import letters
from .export import lines
from .kinds import Act, Kind, Letter, Outcome

TEMPLATE = "console/dead_letters/page.html"
MOST_AT_ONCE = 500


@console_view("GET", permission=HANDLE_DEAD_LETTERS)
def dead_letters(request: HttpRequest) -> HttpResponse:
    """``kind`` and ``before`` (a place, from ``next``) choose the page; as JSON {"letters",
    "counts", "next"}."""
    kinds, chosen = _chosen(request.GET.get("kind", ""))
    below = letters.Place.parse(request.GET.get("before", ""))
    found, following = letters.page(kinds, _user(request), below)
    counts = counted.dead_letters()
    if responses.wants_json(request):
        told = [_told(letter) for letter in found]
        place = str(following) if following else None
        return JsonResponse({"letters": told, "counts": counts, "next": place})
    context = {
        "title": _("Dead letters"),
        "letters": [(letter, _pretty(letter.payload)) for letter in found],
        "kinds": [(kind.slug, kind.label, counts[kind.slug]) for kind in letters.KINDS],
        "counted": counted.COUNTED,
        "chosen": chosen,
        "total": sum(counts.values()),
        "older": _address(chosen, following) if following else "",
        "first": not request.GET.get("before"),
    }
    return responses.page(request, TEMPLATE, context)


@console_view("POST", permission=HANDLE_DEAD_LETTERS)
def replay(request: HttpRequest) -> HttpResponse:
    return _act(request, lambda kind, row, user: kind.replay(row, user), REPLAYED)


@console_view("POST", permission=HANDLE_DEAD_LETTERS)
def discard(request: HttpRequest) -> HttpResponse:
    return _act(request, lambda kind, row, user: kind.discard(row, user), DISCARDED)


@console_view("POST", permission=HANDLE_DEAD_LETTERS)
def export(request: HttpRequest) -> HttpResponse:
    """All of a kind, or of every kind, as CSV."""
    kinds, _slug = _chosen(request.POST.get("kind", ""))
    body = "".join(lines(kinds, _user(request)))
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    name = _("dead-letters")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    for kind in kinds:
        audit.exported(request, kind.rows().model, _("Exported the dead letters."))
    return response


# The sentence for so many of an outcome.
REPLAYED = {
    Outcome.DONE: lambda n: ngettext("%(n)s replayed.", "%(n)s replayed.", n),
    Outcome.BEFORE: lambda n: ngettext(
        "%(n)s was no dead letter any more.", "%(n)s were no dead letters any more.", n
    ),
    Outcome.FAILED: lambda n: ngettext(
        "%(n)s could not be replayed: it stays here.",
        "%(n)s could not be replayed: they stay here.",
        n,
    ),
    Outcome.FORBIDDEN: lambda n: ngettext(
        "%(n)s needs a permission that you do not have, or its form.",
        "%(n)s need a permission that you do not have, or their forms.",
        n,
    ),
}
DISCARDED = REPLAYED | {Outcome.DONE: lambda n: ngettext("%(n)s discarded.", "%(n)s discarded.", n)}


def _act(request: HttpRequest, act: Act, sentences: dict[Outcome, Any]) -> HttpResponse:
    """Do it to what was ticked (``letter``, several); tells how many of each outcome."""
    try:
        posted = responses.posted(request)
        keys = _keys(posted)
        rows = letters.named(keys)
    except responses.UnreadableError as error:
        return responses.invalid({"__all__": [str(error)]})
    except letters.UnknownKey as error:
        told = _("There is no dead letter %(key)s. Reload the page.") % {"key": error}
        return _refused(request, told)
    if not keys:
        return _refused(request, _("Choose one or several first."))
    if len(keys) > MOST_AT_ONCE:
        told = _("Choose %(most)s at most at a time.") % {"most": MOST_AT_ONCE}
        return _refused(request, told)
    user = _user(request)
    outcomes: Counter[Outcome] = Counter()
    for kind, row in rows:
        outcome = act(kind, row, user)
        outcomes[outcome] += 1
        if outcome == Outcome.DONE:
            audit.acted(request, row, sentences[outcome](1) % {"n": 1})
    outcomes[Outcome.BEFORE] += len(set(keys)) - len(rows)
    return _answer(request, outcomes, sentences)


def _answer(
    request: HttpRequest, outcomes: Counter[Outcome], sentences: dict[Outcome, Any]
) -> HttpResponse:
    if responses.wants_json(request):
        counts = {outcome.value: outcomes[outcome] for outcome in Outcome}
        return JsonResponse({"status": "success", **counts})
    well = outcomes.keys() <= {Outcome.DONE, Outcome.BEFORE} or not (
        outcomes[Outcome.FAILED] + outcomes[Outcome.FORBIDDEN]
    )
    said = [sentences[one](n) % {"n": number(n)} for one, n in outcomes.items() if n]
    (messages.success if well else messages.warning)(request, " ".join(said))
    return redirect(_address(request.POST.get("kind", ""), None))


def _keys(posted: Any) -> list[str]:
    if hasattr(posted, "getlist"):
        return posted.getlist("letter")
    told = posted.get("letter", [])
    if isinstance(told, str):
        return [told]
    if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
        raise responses.UnreadableError(_("letter must be a list of keys."))
    return told


def _refused(request: HttpRequest, sentence: str) -> HttpResponse:
    if responses.wants_json(request):
        return responses.invalid({"letter": [sentence]})
    messages.error(request, sentence)
    return redirect("admin:console_dead_letters")


def _chosen(slug: str) -> tuple[tuple[Kind, ...], str]:
    kind = letters.BY_SLUG.get(slug)
    return ((kind,), slug) if kind else (letters.KINDS, "")


def _address(kind: str, below: letters.Place | None) -> str:
    told = {"kind": kind, "before": str(below) if below else ""}
    asked = urlencode({name: value for name, value in told.items() if value})
    return reverse("admin:console_dead_letters") + (f"?{asked}" if asked else "")


def _told(letter: Letter) -> dict[str, Any]:
    return {**vars(letter), "label": str(letter.label), "at": letter.at.isoformat()}


def _pretty(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=False, indent=2, default=str) if payload else ""


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
