"""No database, no session, no middleware: nothing but the view."""

import os

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "benchmarks.ingest_peer.urls"
USE_TZ = True
