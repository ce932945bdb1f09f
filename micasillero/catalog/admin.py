"""The tariff in the admin: look lines up, set a category by hand, see which import changed what."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from . import codes
from .ancestors import ancestor_texts
from .categories import reason_of, shipped_rules
from .history import LineChange, changes_of
from .models import CourierCategory, ImportBatch, ImportChange, PartidaArancelaria
from .values import CATEGORY_FIELDS


class PartidaForm(forms.ModelForm):
    """A line as a person edits it. Touching the category makes it one set by hand."""

    class Meta:
        model = PartidaArancelaria
        fields = (
            "item_no",
            "descripcion",
            "descripcion_en",
            "parent",
            "impuesto_dai",
            "impuesto_isc",
            "impuesto_ispc",
            "impuesto_isv",
            *CATEGORY_FIELDS,
            "category_by_hand",
        )

    def clean_item_no(self) -> str:
        """A code that the import would take for a leaf or a branch."""
        code = self.cleaned_data["item_no"]
        if not (codes.is_leaf(code) or codes.is_branch(code)):
            raise ValidationError(
                _("This is no tariff code: a tariff line is written 0101.21.00.00, a heading 0101.")
            )
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        code, parent = cleaned.get("item_no"), cleaned.get("parent")
        if code and parent and not _above(parent.item_no, code):
            self.add_error("parent", _("The parent's code must be the beginning of this code."))
        for name in ("impuesto_dai", "impuesto_isc", "impuesto_ispc", "impuesto_isv"):
            rate = cleaned.get(name)
            if rate is not None and not 0 <= rate <= 1:
                self.add_error(
                    name, _("A rate is a fraction from 0 to 1: fifteen percent is written 0.15.")
                )
        touched = set(CATEGORY_FIELDS) & set(self.changed_data)
        if touched and "category_by_hand" not in self.changed_data:
            cleaned["category_by_hand"] = True
        if (
            cleaned.get("category_by_hand")
            and cleaned.get("courier_category") != CourierCategory.ALLOWED
            and not (cleaned.get("category_reason") or "").strip()
        ):
            self.add_error(
                "category_reason",
                _("Say why couriers may not freely carry it: staff and customers read it."),
            )
        return cleaned

    def save(self, commit: bool = True) -> Any:
        """Also what follows from the code: whether it is a leaf, and the rules' category."""
        line = self.instance
        line.is_leaf = codes.is_leaf(line.item_no)
        if not line.category_by_hand:
            verdict = shipped_rules().verdict(line.item_no)
            line.courier_category = verdict.category
            line.category_reason = verdict.reason
            line.permit_authority = verdict.permit_authority
        return super().save(commit)


def _above(parent: str, code: str) -> bool:
    below = codes.digits(code)
    return parent != code and below.startswith(codes.digits(parent))


class LineSelect(AutocompleteSelect):
    """A line to choose by typing; an id that no line can have, from an address or a form, is
    none. Django's own looks for it all the same and fails."""

    def optgroups(self, name: str, value: Sequence[str], attrs: Any = None) -> list[Any]:
        possible = [one for one in value if _may_be_an_id(str(one))]
        return super().optgroups(name, possible, attrs)


def _may_be_an_id(text: str) -> bool:
    return text.isdecimal() and len(text) <= 18


@admin.register(PartidaArancelaria)
class PartidaArancelariaAdmin(admin.ModelAdmin):
    """Lines of the tariff. What an import sets is overwritten by the next one; the form says so."""

    form = PartidaForm
    list_display = (
        "item_no",
        "descripcion",
        "impuesto_dai",
        "impuesto_isv",
        "courier_category",
        "reason",
        "category_by_hand",
    )
    list_filter = ("courier_category", "category_by_hand", "is_leaf")
    search_fields = ("item_no__startswith", "descripcion", "descripcion_en")
    # Counting a million lines twice for each page is what makes an admin slow.
    show_full_result_count = False
    list_per_page = 50
    autocomplete_fields = ("parent",)
    readonly_fields = ("place", "version", "updated_at", "import_history")
    fieldsets = (
        (
            None,
            {
                "fields": ("item_no", "place", "descripcion", "descripcion_en", "parent"),
                "description": _("The next import of the tariff overwrites texts and rates."),
            },
        ),
        (
            _("Rates"),
            {
                "fields": ("impuesto_dai", "impuesto_isc", "impuesto_ispc", "impuesto_isv"),
                "description": _("Decimal fractions: 0.15 is 15 %."),
            },
        ),
        (
            _("Courier category"),
            {
                "fields": (*CATEGORY_FIELDS, "category_by_hand"),
                "description": _(
                    "A category that you change counts as set by hand and survives imports. "
                    "Untick it to go back to the rules."
                ),
            },
        ),
        (_("History"), {"fields": ("version", "updated_at", "import_history")}),
    )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "parent":
            kwargs["widget"] = LineSelect(db_field, self.admin_site, using=kwargs.get("using"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("reason of the category"))
    def reason(self, line: PartidaArancelaria) -> str:
        """Why couriers may not freely carry it, as searches tell it."""
        return reason_of(line.item_no, line.courier_category, line.category_reason) or "–"

    @admin.display(description=_("stands below"))
    def place(self, line: PartidaArancelaria) -> str:
        """The texts above the line, the heading's first: "Los demás" says nothing without them."""
        above = ancestor_texts([line.pk]).get(line.pk) if line.pk else None
        return " › ".join(above) if above else "–"

    @admin.display(description=_("imports that changed it"))
    def import_history(self, line: PartidaArancelaria) -> SafeString | Any:
        """The line's changes as a list, the latest first."""
        changes = changes_of(line.item_no)
        if not changes:
            return _("None.")
        rows = format_html_join("", "<li>{}</li>", ((_told(change),) for change in changes))
        return format_html("<ul>{}</ul>", rows)


def _told(change: LineChange) -> SafeString:
    fields = format_html_join(
        "; ",
        "{}: {} → {}",
        ((name, _shown(before), _shown(after)) for name, before, after in change.fields),
    )
    return format_html(
        "#{} {} {} {} {}{}: {}",
        change.batch,
        change.applied_at.strftime("%Y-%m-%d") if change.applied_at else "",
        ImportChange.Kind(change.kind).label,
        change.who,
        change.note,
        format_html(" ({})", _("undone")) if change.undone_at else "",
        fields,
    )


def _shown(value: Any) -> str:
    return "∅" if value in (None, "") else str(value)


class _ReadOnlyAdmin(admin.ModelAdmin):
    """What imports wrote is history: nobody edits it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ImportBatch)
class ImportBatchAdmin(_ReadOnlyAdmin):
    """The imports: which file, who, when, what it came to."""

    list_display = ("id", "file_name", "status", "note", "valid_from", "created_by", "applied_at")
    list_filter = ("status",)
    search_fields = ("file_name", "note", "file_hash")
    date_hierarchy = "created_at"


@admin.register(ImportChange)
class ImportChangeAdmin(_ReadOnlyAdmin):
    """What the imports did to the lines."""

    list_display = ("item_no", "kind", "batch", "before", "after")
    list_filter = ("kind",)
    list_select_related = ("batch",)
    search_fields = ("item_no__startswith", "=batch__id")
    show_full_result_count = False
