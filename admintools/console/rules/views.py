"""The rules: which there are, on or off, and the form in which one is tested before it is saved."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from admintools.console import audit, responses
from admintools.console.formatting import duration, number
from admintools.console.marked import GREATEST_ID
from admintools.console.permissions import (
    ADD_RULE,
    CHANGE_RULE,
    VIEW_RULE,
    console_view,
    require,
)
from micasillero.compliance.models import Alert, Rule
from micasillero.compliance.trial import EVENTS, Trial, try_out

from .forms import RuleForm
from .rows import Row

LIST, FORM = "console/rules/page.html", "console/rules/rule.html"


@console_view("GET", permission=VIEW_RULE)
def rules(request: HttpRequest) -> HttpResponse:
    counted = Alert.objects.open().order_by().values_list("rule").annotate(n=Count("pk"))
    open_alerts = dict(counted)
    found = Rule.objects.select_related("changed_by")
    context = {
        "title": _("Rules"),
        "rows": [Row(rule, open_alerts.get(rule.pk, 0)) for rule in found],
        "may_add": request.user.has_perm(ADD_RULE),
        "may_change": request.user.has_perm(CHANGE_RULE),
    }
    return responses.page(request, LIST, context)


@console_view("GET", "POST", permission=ADD_RULE)
def add(request: HttpRequest) -> HttpResponse:
    return _tried_or_saved(request, Rule()) if request.method == "POST" else _form(request, Rule())


@console_view("GET", "POST", permission=VIEW_RULE)
def one(request: HttpRequest, rule: int) -> HttpResponse:
    found = _rule_or_404(rule)
    if request.method == "GET":
        return _form(request, found)
    require(request, CHANGE_RULE)
    return _tried_or_saved(request, found)


@console_view("POST", permission=CHANGE_RULE)
def switch(request: HttpRequest, rule: int, enabled: bool) -> HttpResponse:
    """200 {"status": "on" | "off", "changed", "rule"}."""
    with transaction.atomic():
        found = _rule_or_404(rule, lock=True)
        changed = found.enabled != enabled
        if changed:
            found.enabled = enabled
            found.changed(request.user)
            audit.acted(request, found, _("Switched on.") if enabled else _("Switched off."))
    if responses.wants_json(request):
        word = "on" if enabled else "off"
        return JsonResponse({"status": word, "changed": changed, "rule": found.name})
    sentence = _("“%(name)s” is on.") if enabled else _("“%(name)s” is off.")
    messages.success(request, sentence % {"name": found.name})
    return redirect("admin:console_rules")


def _tried_or_saved(request: HttpRequest, rule: Rule) -> HttpResponse:
    """With the field "save", and a "tried" that says that exactly this was tested: saved, 200
    {"status": "saved", "rule"}. Else tested: 200 {"status": "tried", "tried", ...}; 409 where it
    was to be saved."""
    try:
        posted = responses.posted(request)
    except responses.UnreadableError as error:
        return responses.invalid({"__all__": [str(error)]})
    seen = _seen(rule)
    form = RuleForm(posted, instance=rule)
    if not form.is_valid():
        return _invalid(request, form, seen)
    saving = "save" in posted
    if saving and form.was_tried(str(posted.get("tried", ""))):
        return _save(request, form, str(posted.get("seen", seen)))
    trial = try_out(form.instance)
    if trial.cut:
        form.add_error("patterns", _too_slow(trial))
        return _invalid(request, form, seen)
    status = 409 if saving else 200
    if responses.wants_json(request):
        return JsonResponse(_as_json(form, trial), status=status)
    seen = str(posted.get("seen", seen))
    context = {"trial": trial, "tried": form.signature, "untried": saving}
    return _page(request, form, seen, status, **context)


def _save(request: HttpRequest, form: RuleForm, seen: str) -> HttpResponse:
    """Write it, unless somebody else did since the page was opened, or took its name meanwhile."""
    try:
        return _written(request, form, seen)
    except IntegrityError:
        form.add_error("name", form.instance.unique_error_message(Rule, ("name",)))
        return _invalid(request, form, seen)


def _written(request: HttpRequest, form: RuleForm, seen: str) -> HttpResponse:
    rule, new = form.instance, form.instance.pk is None
    with transaction.atomic():
        now = None if new else Rule.objects.select_for_update().get(pk=rule.pk)
        if now and _seen(now) != seen:
            return _overtaken(request, form, now)
        rule.changed(request.user)
        if new:
            audit.launched(request, rule, _("Added."))
        else:
            changed = [str(form.fields[name].label) for name in form.changed_data]
            audit.acted(request, rule, _("Changed: %(fields)s.") % {"fields": ", ".join(changed)})
    if responses.wants_json(request):
        return JsonResponse({"status": "saved", "rule": rule.pk})
    sentence = _("“%(name)s” is saved. It is in force within a second.")
    if not rule.enabled:
        sentence = _("“%(name)s” is saved, and switched off.")
    messages.success(request, sentence % {"name": rule.name})
    return redirect("admin:console_rules")


def _overtaken(request: HttpRequest, form: RuleForm, now: Rule) -> HttpResponse:
    who = now.changed_by or _("Somebody")
    detail = _(
        "%(who)s has changed this rule since you opened it. Nothing was saved. Open it again in "
        "another window, and bring together what you want."
    ) % {"who": who}
    if responses.wants_json(request):
        return JsonResponse({"status": "conflict", "detail": detail}, status=409)
    form.add_error(None, detail)
    return _page(request, form, "", 409)


def _invalid(request: HttpRequest, form: RuleForm, seen: str) -> HttpResponse:
    if responses.wants_json(request):
        return responses.invalid(form.errors)
    return _page(request, form, str(form.data.get("seen", seen)), 400)


def _form(request: HttpRequest, rule: Rule) -> HttpResponse:
    form = RuleForm(instance=rule)
    if rule.pk and not request.user.has_perm(CHANGE_RULE):
        for field in form.fields.values():
            field.disabled = True
    return _page(request, form, _seen(rule))


def _page(
    request: HttpRequest, form: RuleForm, seen: str, status: int = 200, **more: Any
) -> HttpResponse:
    rule = form.instance
    context = {
        "title": form.initial.get("name") or _("New rule"),
        "rule": rule,
        "form": form,
        "seen": seen,
        "may_save": request.user.has_perm(CHANGE_RULE if rule.pk else ADD_RULE),
        "events": EVENTS,
        **more,
    }
    return responses.page(request, FORM, context, status)


def _as_json(form: RuleForm, trial: Trial) -> Mapping[str, Any]:
    return {
        "status": "tried",
        "tried": form.signature,
        "looked_at": trial.looked_at,
        "found": trial.found,
        "seconds": round(trial.seconds, 4),
        "examples": [{"text": each.text, "found": each.found} for each in trial.examples],
    }


def _too_slow(trial: Trial) -> str:
    return _(
        "it is too slow: %(n)s texts took %(duration)s, and then it was stopped. Repeat less, or "
        "write several rules."
    ) % {"n": number(trial.looked_at), "duration": duration(trial.seconds)}


def _seen(rule: Rule) -> str:
    """Which state of a rule a page shows."""
    return rule.changed_at.isoformat() if rule.changed_at else ""


def _rule_or_404(number_: int, *, lock: bool = False) -> Rule:
    rules_ = Rule.objects.select_for_update() if lock else Rule.objects.select_related("changed_by")
    found = rules_.filter(pk=number_).first() if number_ <= GREATEST_ID else None
    if found is None:
        raise Http404(_("There is no rule with this number."))
    return found
