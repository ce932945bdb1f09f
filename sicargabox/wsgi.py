"""For servers without ASGI. The console's live part needs ASGI (see asgi.py)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sicargabox.settings")
application = get_wsgi_application()
