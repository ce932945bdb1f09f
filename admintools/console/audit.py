"""Who did what in the console, in Django's own log of actions."""

from typing import cast

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.http import HttpRequest
from django.utils.encoding import force_str


def launched(request: HttpRequest, target: Model, sentence: str) -> None:
    """Something new came to be."""
    _write(request, target, ADDITION, sentence)


def acted(request: HttpRequest, target: Model, sentence: str) -> None:
    """Something was done to what exists."""
    _write(request, target, CHANGE, sentence)


def exported(request: HttpRequest, kind: type[Model], sentence: str) -> None:
    """Many objects of a kind left the console at once."""
    LogEntry.objects.create(
        user=cast(User, request.user),
        content_type_id=ContentType.objects.get_for_model(kind).pk,
        object_repr=force_str(kind._meta.verbose_name_plural)[:200],
        action_flag=CHANGE,
        change_message=sentence,
    )


def _write(request: HttpRequest, target: Model, flag: int, sentence: str) -> None:
    LogEntry.objects.create(
        user=cast(User, request.user),
        content_type_id=ContentType.objects.get_for_model(target).pk,
        object_id=force_str(target.pk),
        object_repr=force_str(target)[:200],
        action_flag=flag,
        change_message=sentence,
    )
