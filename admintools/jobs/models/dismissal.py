"""Failed runs that nobody needs to repeat."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .run import TaskHistory


class Dismissal(models.Model):
    """A person's word that a failed run is no dead letter any more. Not a mark of the run itself:
    a run that has ended never changes."""

    run = models.OneToOneField(
        TaskHistory, on_delete=models.CASCADE, related_name="dismissal", verbose_name=_("run")
    )
    by = models.CharField(_("who"), max_length=200)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        default_permissions = ()
        verbose_name = _("discarded run")
        verbose_name_plural = _("discarded runs")

    def __str__(self) -> str:
        return f"{self.run_id} {self.by}"
