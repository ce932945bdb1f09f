"""The providers' SDKs: extras, so imported only where they are used."""

import importlib
from importlib.util import find_spec
from types import ModuleType

from django.utils.translation import gettext_noop as _

from micasillero.work import WorkError


def require(name: str) -> None:
    """Raise WorkError("no_sdk"), which says how to install it, unless it is; imports nothing."""
    try:
        found = find_spec(name)
    except ValueError:
        found = None
    if found is None:
        raise _missing(name)


def load(name: str) -> ModuleType:
    """The package of that name. Raises as require."""
    try:
        return importlib.import_module(name)
    except ImportError:
        raise _missing(name) from None


def _missing(name: str) -> WorkError:
    return WorkError(
        "no_sdk",
        _("The package %(name)s is not installed. Run: pip install -r requirements-ai.txt"),
        name=name,
    )
