"""Settings of the tests: the product's own, with the caches and hashes that fast tests want.

Whatever servers a test needs are started by fixtures at the addresses set here, so that no test
ever meets a broker that happens to run on this machine.
"""

import os
import tempfile

from tools.spawned import free_port

if os.environ.get("PYTEST_XDIST_WORKER"):
    # Inherited from the process that started this one, whose servers are not ours.
    os.environ.pop("VAR_DIR", None)
    os.environ.pop("REDIS_URL", None)
os.environ.setdefault("VAR_DIR", tempfile.mkdtemp(prefix="sicargabox-tests-"))
os.environ.setdefault("SECRET_KEY", "tests-only-" + "k" * 50)
os.environ.setdefault("REDIS_URL", f"redis://127.0.0.1:{free_port()}")

from sicargabox.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.support.trial"]  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
# Or each of some thousand test clients would look at every static file when it begins.
WHITENOISE_AUTOREFRESH = True
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "permissions", "api_responses")
}
API_LIMITS_URL = "memory://"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, not memory: workers of live tests open it too.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}  # noqa: F405
