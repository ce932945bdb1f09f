"""`GET /api/search/?q=&k=&category=`: the search of the tariff for programs, as JSON."""

import logging
import math
import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from micasillero.catalog.models import CourierCategory
from micasillero.quality import asked as asked_queries
from micasillero.search.engines import get_engine
from micasillero.search.engines.seam import Engine
from micasillero.search.query import LONGEST_QUERY, MOST_HITS, normalised, search
from micasillero.work import TryAgain, WorkError

from . import answers, limits
from .responses import Refusal, shared_with_origin

logger = logging.getLogger(__name__)

ALLOWED_METHODS = ("GET", "HEAD")
HITS = 10
# Whoever asks a search that is away may ask again after so long.
AWAY_SECONDS = 5
NO_INDEX_SECONDS = 60
_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Question:
    """What is asked: ``q``, ``k`` and ``category`` of the address, checked."""

    query: str
    k: int
    category: str


# Nothing is changed here, so a POST is told so and not asked for a token.
@csrf_exempt
def search_page(request: HttpRequest) -> HttpResponse:
    """200 ``{query, relaxed, hits}``; 304; 400, 405, 429, 503 ``{code, message}``."""
    try:
        response = _answer(request)
    except Refusal as refusal:
        response = refusal.response()
    return shared_with_origin(request, response)


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method not in ALLOWED_METHODS:
        allow = ", ".join(ALLOWED_METHODS)
        told = _("This address answers %(methods)s only.") % {"methods": allow}
        raise Refusal(405, "method_not_allowed", told, allow=allow)
    if wait := limits.seconds_to_wait(request.META.get("REMOTE_ADDR", "")):
        told = _("Too many searches. Ask again in %(seconds)s s.") % {"seconds": wait}
        raise Refusal(429, "too_many_requests", told, retry_after=wait)
    question = _question(request)
    try:
        return _found(request, question, get_engine())
    except TryAgain as fault:
        logger.warning("the search API has no answer: %s", fault)
        raise _unavailable(fault.after) from None
    except (WorkError, OSError) as fault:
        if getattr(fault, "code", "") == "no_index":
            told = _("There is nothing to search yet. Ask again later.")
            raise Refusal(503, "no_index", told, retry_after=NO_INDEX_SECONDS) from None
        # What is wrong, and with which setting, is for the log and not for everybody.
        logger.exception("the search API has no answer")
        raise _unavailable(None) from None


def _unavailable(after: float | None) -> Refusal:
    wait = max(1, math.ceil(after or AWAY_SECONDS))
    told = _("The search does not answer at the moment. Ask again in %(seconds)s s.")
    return Refusal(503, "unavailable", told % {"seconds": wait}, retry_after=wait)


def _found(request: HttpRequest, question: Question, engine: Engine) -> HttpResponse:
    """The answer, unless the client has it already."""
    query, k, category = question.query, question.k, question.category
    # Asked before the search: an answer is never older than the state it is kept under.
    generation = engine.generation(engine.alias)
    key = answers.key_of(query, k, category, get_language() or "", generation)
    etag = f'"{key}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        found = answers.kept(key)
        if found is None:
            answer = search(query, k, category=category, engine=engine)
            found = answers.keep(key, answer)
            _count(question, len(answer.hits))
        response = JsonResponse(
            {"query": query, **found}, json_dumps_params={"ensure_ascii": False}
        )
    response["ETag"] = etag
    # To be kept, but not used unasked: the index may change at any moment.
    response["Cache-Control"] = "public, no-cache"
    return response


def _count(question: Question, hits: int) -> None:
    # A kept answer is not counted again, which would cost more than giving it. Nor is a search of
    # one category: that it found nothing says nothing about the words.
    if not question.category:
        asked_queries.note(question.query, hits)


def _question(request: HttpRequest) -> Question:
    """Raises Refusal(400) that names the parameter."""
    asked = request.GET
    try:
        query = normalised(asked.get("q", ""))
    except WorkError:
        raise Refusal(400, "empty_query", _("Write in q what you are looking for.")) from None
    if len(" ".join(asked["q"].split())) > LONGEST_QUERY:
        told = _("q has more than %(most)s characters. Write less.") % {"most": LONGEST_QUERY}
        raise Refusal(400, "query_too_long", told)
    k = asked.get("k") or str(HITS)
    if not (_NUMBER.fullmatch(k) and 1 <= int(k) <= MOST_HITS):
        told = _("k must be a whole number from 1 to %(most)s.") % {"most": MOST_HITS}
        raise Refusal(400, "bad_k", told)
    category = asked.get("category", "").upper()
    if category and category not in CourierCategory.values:
        names = ", ".join(CourierCategory.values)
        told = _("category must be one of %(names)s, or left out.") % {"names": names}
        raise Refusal(400, "bad_category", told)
    return Question(query, int(k), category)
