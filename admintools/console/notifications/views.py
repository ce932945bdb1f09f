"""Who wants to hear of what: one's own subscriptions, and for some those of teams."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from admintools.console import audit, responses
from admintools.console.permissions import MANAGE_NOTIFICATIONS, console_view
from admintools.notify.announcing import announce_test
from admintools.notify.models import Channel, Subscription
from admintools.notify.signing import secret_of
from admintools.notify.source import put_on_queue

from . import reach
from .forms import SubscriptionForm
from .wording import row

PAGE, FORM = "console/notifications/page.html", "console/notifications/form.html"
SECRET = "console/notifications/secret.html"  # noqa: S105 - a template
# In the session: whose secret may be shown, once.
MAY_SEE = "notification_secret"


@console_view("GET")
def page(request: HttpRequest) -> HttpResponse:
    found = list(reach.subscriptions(request.user))
    context = {
        "title": _("Notifications"),
        "mine": [row(each) for each in found if each.user_id],
        "teams": [row(each) for each in found if each.team_id],
        "may_teams": request.user.has_perm(MANAGE_NOTIFICATIONS),
        "dead": reach.deliveries(request.user).dead().count(),
        "no_mail_server": not settings.EMAIL_URL
        and any(each.channel == Channel.EMAIL for each in found),
    }
    return responses.page(request, PAGE, context)


@console_view("GET", "POST")
def add(request: HttpRequest) -> HttpResponse:
    initial = {"channel": Channel.EMAIL, "address": getattr(request.user, "email", "")}
    return _form(request, Subscription(), initial)


@console_view("GET", "POST")
def edit(request: HttpRequest, subscription: int) -> HttpResponse:
    return _form(request, _subscription(request, subscription), {})


@console_view("POST")
def delete(request: HttpRequest, subscription: int) -> HttpResponse:
    found = _subscription(request, subscription)
    with transaction.atomic():
        audit.acted(request, found, _("Notification deleted."))
        found.delete()
    messages.success(request, _("The notification is deleted, with its deliveries."))
    return redirect("admin:console_notifications")


@console_view("POST")
def switch(request: HttpRequest, subscription: int, enabled: bool) -> HttpResponse:
    found = _subscription(request, subscription)
    with transaction.atomic():
        if enabled:
            found.switch_on()
        else:
            found.switch_off()
        sentence = _("Switched on.") if enabled else _("Switched off.")
        audit.acted(request, found, sentence)
    messages.success(request, sentence)
    return redirect("admin:console_notifications")


@console_view("POST")
def test(request: HttpRequest, subscription: int) -> HttpResponse:
    """A real message, now; its page shows what comes of it."""
    found = _subscription(request, subscription)
    delivery = announce_test(found, request.user.get_username())
    # Where the broker is away somebody else sends it, a little later.
    put_on_queue(delivery)
    return redirect("admin:console_delivery", delivery.pk)


@console_view("POST")
def renew_secret(request: HttpRequest, subscription: int) -> HttpResponse:
    found = _webhook(request, subscription)
    with transaction.atomic():
        found.renew_secret()
        audit.acted(request, found, _("A new secret signs."))
    return _to_secret(request, found)


@console_view("GET")
def secret(request: HttpRequest, subscription: int) -> HttpResponse:
    """The secret, once: it was made just now, by who asks."""
    found = _webhook(request, subscription)
    may_see = request.session.pop(MAY_SEE, None) == found.pk
    context = {
        "title": _("Secret of the webhook"),
        "subscription": found,
        "secret": secret_of(found) if may_see else "",
    }
    return responses.page(request, SECRET, context)


def _form(request: HttpRequest, instance: Subscription, initial: dict[str, Any]) -> HttpResponse:
    may_teams = request.user.has_perm(MANAGE_NOTIFICATIONS)
    posted = request.POST if request.method == "POST" else None
    exists = instance.pk is not None
    was = instance.channel if exists else ""
    form = SubscriptionForm(posted, instance=instance, initial=initial, may_teams=may_teams)
    if posted is not None and form.is_valid():
        with transaction.atomic():
            made = form.save_for(request.user)
            note = audit.acted if exists else audit.launched
            note(request, made, _("Notification changed.") if exists else _("Notification made."))
        messages.success(request, _("The notification is saved. Test it."))
        if made.channel == Channel.WEBHOOK != was:
            return _to_secret(request, made)
        return redirect("admin:console_notifications")
    context = {
        "title": _("Edit the notification") if exists else _("New notification"),
        "form": form,
        "subscription": Subscription.objects.get(pk=instance.pk) if exists else None,
        "hosts": settings.NOTIFY_ALLOWED_HOSTS,
    }
    return responses.page(request, FORM, context, 400 if form.errors else 200)


def _to_secret(request: HttpRequest, made: Subscription) -> HttpResponse:
    request.session[MAY_SEE] = made.pk
    return redirect("admin:console_notification_secret", made.pk)


def _subscription(request: HttpRequest, pk: int) -> Subscription:
    found = reach.subscriptions(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such notification, or it is not yours."))
    return found


def _webhook(request: HttpRequest, pk: int) -> Subscription:
    found = _subscription(request, pk)
    if found.channel != Channel.WEBHOOK:
        raise Http404(_("Only a signed webhook has a secret."))
    return found
