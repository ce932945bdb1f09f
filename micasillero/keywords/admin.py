"""Looking at keywords one by one, and deciding by hand."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from .decisions import decide
from .forms import KeywordForm
from .models import Keyword, Source, Status
from .querysets import KeywordQuerySet


@admin.register(Keyword)
class KeywordAdmin(admin.ModelAdmin):
    """Staff add keywords of their own, and approve or reject those of any source. What a person
    decided no run changes; the index follows within seconds."""

    form = KeywordForm
    list_display = ("text", "partida", "language", "source", "status", "decided_by")
    list_filter = ("status", "source", "language")
    list_select_related = ("partida", "decided_by")
    search_fields = ("text", "partida__item_no")
    search_help_text = _("A keyword or a tariff code.")
    show_full_result_count = False
    # Not autocomplete: shown again with what is no id, that fails with a 500.
    raw_id_fields = ("partida",)
    fields = ("partida", "text", "language", "status")
    actions = ("approve", "reject")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Another word or line is another keyword: reject this one and add that.
        return ("partida", "text", "language") if obj else ("status",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A deleted keyword would come back with the next run; a rejected one does not."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            if "status" in form.changed_data:
                decide([obj.pk], Status(obj.status), request.user, again=True)
            return
        obj.decided_by, obj.decided_at = request.user, timezone.now()
        obj.source, obj.status = Source.MANUAL, Status.APPROVED
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Approve the selected keywords"), permissions=["change"])
    def approve(self, request: HttpRequest, chosen: KeywordQuerySet) -> None:
        self._decide(request, chosen, Status.APPROVED)

    @admin.action(description=_("Reject the selected keywords"), permissions=["change"])
    def reject(self, request: HttpRequest, chosen: KeywordQuerySet) -> None:
        self._decide(request, chosen, Status.REJECTED)

    def _decide(self, request: HttpRequest, chosen: KeywordQuerySet, status: Status) -> None:
        ids = list(chosen.order_by("pk").values_list("pk", flat=True))
        decision = decide(ids, status, request.user, again=True)
        if done := len(decision.done):
            told = ngettext(
                "%(n)s keyword decided: %(status)s.", "%(n)s keywords decided: %(status)s.", done
            ) % {"n": done, "status": status.label}
            self.message_user(request, told, messages.SUCCESS)
        if decision.refused:
            self.message_user(request, _already(decision.refused), messages.WARNING)


def _already(refused: list[Keyword]) -> str:
    who = sorted({str(keyword.decided_by or "–") for keyword in refused})
    return ngettext(
        "%(n)s keyword had this decision already, by %(who)s.",
        "%(n)s keywords had this decision already, by %(who)s.",
        len(refused),
    ) % {"n": len(refused), "who": ", ".join(who)}
