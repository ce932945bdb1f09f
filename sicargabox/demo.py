"""What a demo needs beyond the running parts: somebody to log in as, and something to index."""

import io
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import call_command

from micasillero.catalog.models import PartidaArancelaria
from micasillero.generation.run import generate
from micasillero.generation.scope import Scope
from micasillero.work import SilentWork

from .private import write_private

USERNAME = "staff"
# What an operator of the console needs. Users and groups stay with a superuser.
OPERATED_APPS = (
    "admintools",
    "MiCasillero",
    "micasillero_keywords",
    "micasillero_quality",
    "django_celery_beat",
    "django_celery_results",
)


@dataclass(frozen=True)
class Access:
    """How to log in. ``password`` is None when somebody changed it since."""

    username: str
    password: str | None
    kept_in: Path


def staff_access(var_dir: Path) -> Access:
    """The demo's staff user, made at the first call, with its password kept in VAR_DIR."""
    kept_in = var_dir / "demo-password"
    user, created = get_user_model().objects.get_or_create(
        username=USERNAME, defaults={"is_staff": True}
    )
    password = kept_in.read_text(encoding="ascii").strip() if kept_in.exists() else ""
    if created or not password:
        password = password or secrets.token_urlsafe(12)
        user.set_password(password)
        user.save(update_fields=["password"])
        write_private(kept_in, password)
    # Again at each start: a newer version may have brought permissions along.
    user.user_permissions.set(Permission.objects.filter(content_type__app_label__in=OPERATED_APPS))
    return Access(USERNAME, password if user.check_password(password) else None, kept_in)


def load_catalogue_if_empty() -> bool:
    """Load the built-in catalogue into an empty table, and what people call its lines; True when
    it did."""
    if PartidaArancelaria.objects.exists():
        return False
    call_command("load_builtin_catalog", stdout=io.StringIO())
    generate(SilentWork(), scope=Scope())
    return True
