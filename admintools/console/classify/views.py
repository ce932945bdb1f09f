"""Clasificar: one field, hits as one types, the chosen line, and what a person decides."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from admintools.console import audit, responses
from admintools.console.marked import GREATEST_ID
from admintools.console.permissions import (
    ADD_KEYWORD,
    CLASSIFY_GOODS,
    REVIEW_KEYWORDS,
    console_view,
    require,
)
from admintools.console.review.keyword import keyword_or_404
from admintools.console.review.wording import refused
from admintools.jobs.texts import render as rendered
from micasillero.catalog.models import PartidaArancelaria
from micasillero.classification.confirming import AnotherPress, Choice, confirm
from micasillero.classification.models import Classification
from micasillero.keywords.adding import KeywordThere, add_by_hand
from micasillero.keywords.decisions import decide
from micasillero.keywords.models import LONGEST_TEXT, Keyword, Status
from micasillero.quality import asked
from micasillero.search.query import LONGEST_QUERY

from .forms import AskForm, ConfirmForm, KeywordForm, ValueForm
from .hits import Found, found
from .line import estimate, panel_of, why

PAGE = "console/classify/page.html"
RECENT = 8


@console_view("GET", permission=CLASSIFY_GOODS)
def classify(request: HttpRequest) -> HttpResponse:
    """The page, whole without a script: a query, and with ``code`` the line that was chosen."""
    form = AskForm(request.GET)
    answer = found(form.told("q") or "")
    # Who comes to add the word of a query asks nothing anew.
    asks = not (form.told("code") or form.told("add"))
    if asks and answer.query and not answer.fault:
        asked.note(answer.query, len(answer.hits))
    return _page(request, form, ValueForm(_sent(request.GET)), answer=answer)


@console_view("GET", permission=CLASSIFY_GOODS)
def hits(request: HttpRequest) -> HttpResponse:
    """The list alone, for who is typing."""
    form = AskForm(request.GET)
    answer = found(form.told("q") or "")
    if form.told("earnest") and answer.query and not answer.fault:
        asked.note(answer.query, len(answer.hits))
    return render(request, "console/classify/hits.html", {"form": form, "found": answer})


@console_view("GET", permission=CLASSIFY_GOODS)
def line(request: HttpRequest) -> HttpResponse:
    """The chosen line's panel alone."""
    form = AskForm(request.GET)
    query = form.told("q")
    if query and form.told("earnest"):
        asked.note(query, form.told("shown") or 0)
    context = _line_context(form, ValueForm())
    status = 200 if context["chosen"] else 404
    return render(request, "console/classify/line.html", context, status=status)


@console_view("GET", permission=CLASSIFY_GOODS)
def taxes(request: HttpRequest) -> HttpResponse:
    """The taxes on a value alone, for who is typing it."""
    form, value = AskForm(request.GET), ValueForm(request.GET)
    context = _line_context(form, value)
    status = 200 if context["chosen"] and value.is_valid() else 400
    return render(request, "console/classify/taxes.html", context, status=status)


@console_view("GET", permission=CLASSIFY_GOODS)
def explanation(request: HttpRequest) -> HttpResponse:
    """Why the query finds the line."""
    form = AskForm(request.GET)
    chosen = form.told("code")
    told = why(form.told("q") or "", chosen.item_no if chosen else "")
    return render(request, "console/classify/why.html", {"why": told})


@console_view("POST", permission=CLASSIFY_GOODS)
def confirm_line(request: HttpRequest) -> HttpResponse:
    form = ConfirmForm(request.POST)
    if "calculate" in request.POST:
        return redirect(_address(request.POST))
    if form.is_valid():
        try:
            kept, new = confirm(
                request.user, _choice(form.cleaned_data), form.cleaned_data["press"]
            )
        except AnotherPress:
            form.add_error(None, _("This page is an old one: choose the line again."))
        else:
            return _confirmed(request, kept, new)
    if responses.wants_json(request):
        return responses.invalid(form.errors)
    return _page(request, form, form, status=400)


@console_view("POST", permission=CLASSIFY_GOODS)
def add_keyword(request: HttpRequest) -> HttpResponse:
    require(request, ADD_KEYWORD)
    form, there = KeywordForm(request.POST), None
    if form.is_valid():
        told = form.cleaned_data
        try:
            keyword = add_by_hand(
                told["code"], told["text"], told["language"], request.user, query=told["q"]
            )
        except KeywordThere as error:
            form.add_error("text", rendered(error.message, error.params))
            there = error.keyword
        else:
            return _added(request, keyword, told["q"])
    if responses.wants_json(request):
        return responses.invalid(form.errors)
    asked_for = AskForm(request.POST)
    return _page(request, asked_for, ValueForm(), keyword=form, there=there, status=400)


@console_view("POST", permission=REVIEW_KEYWORDS)
def approve_keyword(request: HttpRequest, keyword: int) -> HttpResponse:
    """The word that somebody wanted to add is there: let it be searched, whoever decided before."""
    found = keyword_or_404(min(keyword, GREATEST_ID))
    decision = decide([found.pk], Status.APPROVED, request.user, again=True)
    for kept in decision.done:
        sentence = _("Approved: “%(word)s” finds %(code)s within seconds.")
        messages.success(request, sentence % _word_and_code(kept))
    for kept in decision.refused:
        messages.info(request, refused(kept))
    if responses.wants_json(request):
        return JsonResponse({"status": "approved", "id": found.pk})
    return _back_to(found, request.POST.get("q", "")[:LONGEST_QUERY])


def _choice(told: dict[str, Any]) -> Choice:
    return Choice(
        query=" ".join(told["q"].split()),
        partida=told["code"],
        rank=told["rank"],
        shown=told["shown"] or 0,
        cif=told["cif"],
        currency=told["currency"],
    )


def _confirmed(request: HttpRequest, kept: Classification, new: bool) -> HttpResponse:
    told = {"code": kept.code, "query": kept.query}
    sentence = (
        _("Confirmed: %(code)s for “%(query)s”.") if kept.query else _("Confirmed: %(code)s.")
    ) % told
    if new:
        audit.launched(request, kept, sentence)
    if responses.wants_json(request):
        return JsonResponse({"status": "confirmed", "id": kept.pk, "code": kept.code}, status=201)
    messages.success(request, sentence)
    return redirect("admin:console_classify")


def _added(request: HttpRequest, keyword: Keyword, query: str) -> HttpResponse:
    sentence = _("Added: “%(word)s” finds %(code)s within seconds.") % _word_and_code(keyword)
    audit.launched(request, keyword, sentence)
    if responses.wants_json(request):
        return JsonResponse({"status": "added", "id": keyword.pk}, status=201)
    messages.success(request, sentence)
    return _back_to(keyword, query)


def _word_and_code(keyword: Keyword) -> dict[str, str]:
    return {"word": keyword.text, "code": keyword.partida.item_no}


def _back_to(keyword: Keyword, query: str) -> HttpResponse:
    return redirect(_address({"q": query, "code": keyword.partida.item_no}))


def _address(fields: Any) -> str:
    """The page with what its form holds, which a reload keeps."""
    names = ("q", "code", "rank", "shown", "cif", "currency")
    kept = {name: fields.get(name, "") for name in names if fields.get(name)}
    return f"{reverse('admin:console_classify')}?{urlencode(kept)}"


def _sent(fields: Any) -> Any:
    """The fields when they hold a value, None for an untouched form."""
    return fields if fields.get("cif") else None


def _page(
    request: HttpRequest,
    form: AskForm,
    value: Any,
    *,
    answer: Found | None = None,
    keyword: KeywordForm | None = None,
    there: Keyword | None = None,
    status: int = 200,
) -> HttpResponse:
    query = form.told("q") or ""
    mine = Classification.objects.filter(user=request.user)  # type: ignore[misc]
    context = {
        "title": _("Classify"),
        "found": answer or found(query),
        "recent": mine[:RECENT],
        "keyword": None,
        "there": there,
        "may_approve": request.user.has_perm(REVIEW_KEYWORDS),
        "adding": form.told("add"),
        **_line_context(form, value),
    }
    if request.user.has_perm(ADD_KEYWORD):
        code = context["chosen"].code if context["chosen"] else ""
        fresh = KeywordForm(initial={"text": query[:LONGEST_TEXT], "q": query, "code": code})
        context["keyword"] = keyword or fresh
    return responses.page(request, PAGE, context, status)


def _line_context(form: AskForm, value: Any) -> dict[str, Any]:
    """What the chosen line's panel needs; ``chosen`` None without one."""
    chosen: PartidaArancelaria | None = form.told("code")
    query = form.told("q") or ""
    if chosen is None:
        return {"form": form, "value": value, "chosen": None}
    valid = value.is_bound and value.is_valid()
    told: dict[str, Any] = value.cleaned_data if valid else {"cif": None, "currency": ""}
    return {
        "form": form,
        "value": value,
        "chosen": panel_of(chosen),
        "query": query,
        "rank": form.told("rank"),
        "shown": form.told("shown"),
        "estimate": estimate(chosen, told["cif"], told["currency"]),
        "why": why(query, chosen.item_no) if form.told("why") else None,
    }
