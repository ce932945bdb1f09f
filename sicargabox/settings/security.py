"""Cookies, TLS, proxies, the token for metrics and the content security policy."""

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from .environment import env

SHORTEST_TOKEN = 20

# One switch for everything that only makes sense behind TLS.
HTTPS = env.flag("HTTPS", False)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# From these alone X-Forwarded-For and X-Forwarded-Proto are believed (see asgi.py).
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
# Believes the header whoever sends it, so only where nobody but the proxy can reach us.
TRUST_FORWARDED_PROTO = env.flag("TRUST_FORWARDED_PROTO", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_FORWARDED_PROTO else None
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Programs get the refusal as JSON, people as a page of the admin.
CSRF_FAILURE_VIEW = "admintools.console.responses.csrf_refused"
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

METRICS_TOKEN = env.secret("METRICS_TOKEN")
if METRICS_TOKEN and len(METRICS_TOKEN) < SHORTEST_TOKEN:
    raise ImproperlyConfigured(
        f"METRICS_TOKEN has fewer than {SHORTEST_TOKEN} characters: write a longer one."
    )

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
