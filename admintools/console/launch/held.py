"""A launch with parameters that were chosen earlier is held to the job's form, as a new one is."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from admintools.console import responses
from admintools.jobs.registry import JobDefinition

from .forms import LaunchForm
from .views import form_of


def checked(
    request: HttpRequest, definition: JobDefinition, parameters: Mapping[str, Any]
) -> LaunchForm | None:
    """The job's form with these parameters and the confirmation that was sent; None for a job
    without a form. Its errors say why it cannot be launched so. Raises UnreadableError."""
    confirm = responses.posted(request).get("confirm")
    if not definition.form:
        return None
    form = form_of(definition, {**parameters, "confirm": confirm}, user=request.user)
    form.full_clean()
    return form


def refuse(request: HttpRequest, form: LaunchForm, form_url: str) -> HttpResponse:
    """For a form with errors: a program is told the fields, a person is led to them."""
    if responses.wants_json(request):
        return responses.invalid(form.errors)
    messages.error(request, " ".join(str(e) for errors in form.errors.values() for e in errors))
    return redirect(form_url)
