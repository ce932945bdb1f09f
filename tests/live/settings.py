"""Settings of the processes that live tests start: the product's own, plus the trial jobs."""

from sicargabox.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.support.trial"]  # noqa: F405
# No button launches a trial job, so none has a permission.
SILENCED_SYSTEM_CHECKS = ["sicargabox.W008"]
# The passwords that tests set are hashed quickly.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
