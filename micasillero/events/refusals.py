"""Why an event was refused, in words: what pydantic found, translated."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from pydantic import ValidationError

# By pydantic's type of error; what is not here has "is not valid".
SENTENCES = {
    "missing": gettext_noop("%(field)s is missing."),
    "extra_forbidden": gettext_noop("%(field)s is not a field of this type of event."),
    "union_tag_not_found": gettext_noop("type is missing."),
    "union_tag_invalid": gettext_noop("type must be search, impression, selection or declaration."),
    "model_attributes_type": gettext_noop("An event must be an object."),
    "model_type": gettext_noop("An event must be an object."),
    "dict_type": gettext_noop("An event must be an object."),
    "string_type": gettext_noop("%(field)s must be text."),
    "string_too_long": gettext_noop("%(field)s is longer than %(max_length)s characters."),
    "string_too_short": gettext_noop("%(field)s is empty."),
    "empty": gettext_noop("%(field)s is empty."),
    "not_printable": gettext_noop("%(field)s holds control characters."),
    "string_pattern_mismatch": gettext_noop("%(field)s holds characters that it may not have."),
    "int_type": gettext_noop("%(field)s must be a whole number."),
    "int_from_float": gettext_noop("%(field)s must be a whole number."),
    "greater_than_equal": gettext_noop("%(field)s must be at least %(ge)s."),
    "less_than_equal": gettext_noop("%(field)s must be at most %(le)s."),
    "list_type": gettext_noop("%(field)s must be a list."),
    "too_short": gettext_noop("%(field)s must not be an empty list."),
    "too_long": gettext_noop("%(field)s has more than %(max_length)s items."),
    "timezone_aware": gettext_noop("%(field)s needs a time zone, such as Z or -06:00."),
    "too_early": gettext_noop("%(field)s lies in the future. Put the sender's clock right."),
    "too_late": gettext_noop("%(field)s is older than the time for which events are kept."),
    "ip_any_address": gettext_noop("%(field)s must be an IP address."),
    "decimal_max_places": gettext_noop("%(field)s has more than %(decimal_places)s decimals."),
}
DATES = (
    "datetime_type",
    "datetime_parsing",
    "datetime_from_date_parsing",
    "datetime_object_invalid",
)
A_DATE = gettext_noop("%(field)s must be a date and time, such as 2026-11-26T09:30:00-06:00.")
NOT_VALID = gettext_noop("%(field)s is not valid.")


def sentence(error: ValidationError) -> str:
    """The first of its errors: naming the field, in the language in force."""
    first = error.errors(include_url=False, include_input=False)[0]
    kind, context = first["type"], first.get("ctx", {})
    # The first part is the type of event, which the union adds.
    field = ".".join(str(part) for part in first["loc"][1:]) or "event"
    told: dict[str, Any] = {**context, "field": field}
    msgid = SENTENCES.get(kind) or (A_DATE if kind in DATES else NOT_VALID)
    return _(msgid) % told
