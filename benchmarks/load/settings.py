"""The product's settings, with the benchmarks' job and its address."""

from sicargabox.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "benchmarks.load"]  # noqa: F405
ROOT_URLCONF = "benchmarks.load.urls"
