"""Static files, collected again only when one has changed: hashing them takes seconds."""

import hashlib
import json
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def collect_if_changed() -> bool:
    """Bring STATIC_ROOT up to date; True when there was something to do."""
    stamp = Path(settings.STATIC_ROOT).with_suffix(".stamp")
    wanted = _fingerprint()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(wanted, encoding="ascii")
    return True


def _fingerprint() -> str:
    files = []
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            files.append((path, found.st_size, found.st_mtime_ns))
    storage_name = settings.STORAGES["staticfiles"]["BACKEND"]
    facts = json.dumps([django.__version__, storage_name, sorted(files)])
    return hashlib.sha256(facts.encode()).hexdigest()
