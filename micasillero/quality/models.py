"""What people asked the search, counted: the queries worth a judgment of their own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_ASKED = 200


class AskedQuery(models.Model):
    """One query as people asked it, whatever its accents and capitals.

    ``folded`` is what makes two queries the same, ``text`` how it was written last. ``without``
    counts the times nothing was found.
    """

    folded = models.CharField(_("query, folded"), max_length=LONGEST_ASKED, unique=True)
    text = models.CharField(_("query"), max_length=LONGEST_ASKED)
    times = models.PositiveIntegerField(_("times asked"), default=0)
    without = models.PositiveIntegerField(_("times without a result"), default=0)
    first_at = models.DateTimeField(_("first asked"))
    last_at = models.DateTimeField(_("last asked"))

    class Meta:
        verbose_name = _("asked query")
        verbose_name_plural = _("asked queries")
        ordering = ["-without", "-times", "id"]
        indexes = [models.Index(fields=["-without", "-times"], name="micasillero_asked_most")]

    def __str__(self) -> str:
        return self.text
