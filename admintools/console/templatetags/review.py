"""What templates say of a keyword."""

from django import template

from admintools.console.review import wording

register = template.Library()

register.filter("evidence", wording.evidence)
