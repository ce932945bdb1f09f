"""Why the filters drop a suggestion, or doubt it: stable words, with what to tell a person."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """The words stand in evidence and in the counts of a run. Never change one."""

    NOT_PLAIN = "not_plain", _("has characters that no keyword has")
    ADDRESS = "address", _("is a web address")
    PERSONAL_DATA = "personal_data", _("looks like personal data")
    TOO_SHORT = "too_short", _("is too short")
    TOO_LONG = "too_long", _("is too long")
    CODE = "code", _("is a code or a number")
    SAYS_NOTHING = "says_nothing", _("says nothing about the goods")
    REPEATED = "repeated", _("stands twice in the answer")
    REJECTED = "rejected", _("was rejected for this line")
    KNOWN = "known", _("is a keyword of this line already")
    NO_LINE = "no_line", _("its line is not in the tariff any more")
    BLOCKED = "blocked", _("has a word that may not be learned")
    IN_TEXT = "in_text", _("is in the text of the line already")
    EXCLUDED = "excluded", _("names goods that the line excludes")
    SIBLING = "sibling", _("names goods of another line beside it")
    MANY_HEADINGS = "many_headings", _("stands for too many headings")
    PARTLY_EXCLUDED = "partly_excluded", _("has a word of what the line excludes")
    PARTLY_SIBLING = "partly_sibling", _("has a word of another line beside it")
    OTHER_HEADING = "other_heading", _("is a keyword of another heading")
    OTHER_LANGUAGE = "other_language", _("seems to be in the other language")
    ROUND_TRIP = "round_trip", _("brings other lines first")
