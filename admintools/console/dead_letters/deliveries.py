"""Notifications that did not arrive and were given up."""

from django.contrib.auth.models import User
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admintools.console.notifications import reach
from admintools.console.notifications.wording import sent
from admintools.jobs.texts import render
from admintools.notify.models import Delivery

from .kinds import Letter, Outcome, done, key_of

# Of a digest's notices as many are shown.
SHOWN = 20


class Deliveries:
    """A replay sends it again, with the same key: a receiver that has it drops it."""

    slug = "delivery"
    label = gettext_lazy("Notifications")

    def rows(self) -> QuerySet:
        dead = Delivery.objects.dead().select_related("subscription")
        return dead.annotate(died_at=F("ended_at"))

    def letter(self, row: Delivery, user: User) -> Letter:
        (told,) = sent([row])
        mine = reach.deliveries(user).filter(pk=row.pk).exists()
        return Letter(
            key=key_of(self, row),
            label=_("Notification"),
            what=f"{told.title}: {row.subscription}",
            why=render(row.error_message, row.error_params),
            code=row.error_code,
            at=row.died_at,  # type: ignore[attr-defined]
            payload=[{notice.kind: notice.about} for notice in row.notices.all()[:SHOWN]],
            url=reverse("admin:console_delivery", args=[row.pk]) if mine else "",
        )

    def replay(self, row: Delivery, user: User) -> Outcome:
        # The dispatcher sends it in its next turn.
        return done(row.replay())

    def discard(self, row: Delivery, user: User) -> Outcome:
        return done(row.discard())
