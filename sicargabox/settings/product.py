"""What this product adds: the search engine and the clocks of the job engine. All in seconds."""

from django.core.exceptions import ImproperlyConfigured

from .environment import env

# --- search -----------------------------------------------------------------------------------
ELASTICSEARCH_URL = env.url("ELASTICSEARCH_URL", "", ("http", "https"))
ELASTICSEARCH_API_KEY = env.secret("ELASTICSEARCH_API_KEY")
ELASTICSEARCH_USER = env.text("ELASTICSEARCH_USER")
ELASTICSEARCH_PASSWORD = env.secret("ELASTICSEARCH_PASSWORD")
ELASTICSEARCH_CA_CERTS = env.existing_file("ELASTICSEARCH_CA_CERTS")
ELASTICSEARCH_TIMEOUT = env.seconds("ELASTICSEARCH_TIMEOUT", 30.0, least=0.1)
if ELASTICSEARCH_API_KEY and ELASTICSEARCH_USER:
    raise ImproperlyConfigured("ELASTICSEARCH_API_KEY and ELASTICSEARCH_USER: keep one of them.")
if bool(ELASTICSEARCH_USER) != bool(ELASTICSEARCH_PASSWORD):
    raise ImproperlyConfigured("ELASTICSEARCH_USER and ELASTICSEARCH_PASSWORD: set both or none.")
# Which engine serves searches: Elasticsearch where there is one, else the embedded tantivy.
SEARCH_ENGINE = env.choice(
    "SEARCH_ENGINE",
    ("elasticsearch", "tantivy"),
    "elasticsearch" if ELASTICSEARCH_URL else "tantivy",
)
if SEARCH_ENGINE == "elasticsearch" and not ELASTICSEARCH_URL:
    raise ImproperlyConfigured("SEARCH_ENGINE is elasticsearch: set ELASTICSEARCH_URL too.")
SEARCH_ALIAS = env.slug("SEARCH_ALIAS", "partidas_arancelarias")
SEARCH_PREVIOUS_KEPT = env.integer("SEARCH_PREVIOUS_KEPT", 1, most=20)
SEARCH_FAILURES_ALLOWED = env.integer("SEARCH_FAILURES_ALLOWED", 0)
# An index is worse than another when a measure of its answers falls by more than this. On some
# 180 queries two hundredths are three or four of them: less is what an edited line may do.
QUALITY_TOLERANCE = env.share("QUALITY_TOLERANCE", 0.02)
SYNC_INTERVAL = env.seconds("SYNC_INTERVAL", 0.5, least=0.05)
SYNC_FULL_EVERY = env.seconds("SYNC_FULL_EVERY", 300.0, least=1.0)

# --- the filters of suggested keywords ---------------------------------------------------------
GENERATION_MOST_HEADINGS = env.integer("GENERATION_MOST_HEADINGS", 12, least=1)
GENERATION_ROUND_TRIP_FIRST = env.integer("GENERATION_ROUND_TRIP_FIRST", 1, least=1)

# --- the dashboard of the day -------------------------------------------------------------------
DASHBOARD_SECONDS = env.seconds("DASHBOARD_SECONDS", 60.0, least=1.0)
# Who asks what nobody else asks writes names and numbers of people: never told of a single person.
DASHBOARD_LEAST_PEOPLE = env.integer("DASHBOARD_LEAST_PEOPLE", 3, least=2)

# --- review of keywords -------------------------------------------------------------------------
REVIEW_QUEUE_LENGTH = env.integer("REVIEW_QUEUE_LENGTH", 200, least=1, most=900)
REVIEW_SNOOZE_DAYS = env.integer("REVIEW_SNOOZE_DAYS", 7, least=1, most=3_650)

# --- jobs -------------------------------------------------------------------------------------
LEASE_SECONDS = env.seconds("LEASE_SECONDS", 90.0, least=1.0)
HEARTBEAT_SECONDS = env.seconds("HEARTBEAT_SECONDS", 15.0, least=0.1)
if HEARTBEAT_SECONDS * 2 > LEASE_SECONDS:
    raise ImproperlyConfigured(
        "HEARTBEAT_SECONDS must be at most half of LEASE_SECONDS: one late beat is not a death."
    )
PROGRESS_INTERVAL = env.seconds("PROGRESS_INTERVAL", 0.25, least=0.01)
# What the dispatcher watches over.
DISPATCH_SOURCES = (
    "admintools.jobs.sources.RunSource",
    "admintools.tasks.event_batches.BatchSource",
    "admintools.notify.source.DeliverySource",
)
DISPATCH_INTERVAL = env.seconds("DISPATCH_INTERVAL", 1.0, least=0.05)
REAP_INTERVAL = env.seconds("REAP_INTERVAL", 15.0, least=0.05)
# Longer than a publisher with a silent broker takes to give up (about two seconds).
PUBLISH_GRACE_SECONDS = env.seconds("PUBLISH_GRACE_SECONDS", 5.0)
REPUBLISH_AFTER = env.seconds("REPUBLISH_AFTER", 180.0, least=0.1)
CANCEL_ESCALATION_SECONDS = env.seconds("CANCEL_ESCALATION_SECONDS", 60.0, least=0.1)
RETRY_BASE_SECONDS = env.seconds("RETRY_BASE_SECONDS", 5.0, least=0.01)
RETRY_MAX_SECONDS = env.seconds("RETRY_MAX_SECONDS", 300.0, least=0.01)
if RETRY_BASE_SECONDS > RETRY_MAX_SECONDS:
    raise ImproperlyConfigured("RETRY_BASE_SECONDS must not exceed RETRY_MAX_SECONDS.")
# How the pages say that a part is started on this installation: the service "worker-general" of
# docker-compose.yml is {part}, the unit "worker@general" of systemd {unit}.
START_COMMAND = env.template("START_COMMAND", ("part", "unit"))
KEEP_RUNS_DAYS = env.integer("KEEP_RUNS_DAYS", 90, least=1)
KEEP_UPLOADS_DAYS = env.integer("KEEP_UPLOADS_DAYS", 7, least=1)
KEEP_LOG_DAYS = env.integer("KEEP_LOG_DAYS", 30, least=1)
KEEP_EVENTS_DAYS = env.integer("KEEP_EVENTS_DAYS", 90, least=1)
KEEP_ASKED_DAYS = env.integer("KEEP_ASKED_DAYS", 365, least=1)
KEEP_MANIFESTS_DAYS = env.integer("KEEP_MANIFESTS_DAYS", 365, least=1)
KEEP_BATCHES_DAYS = env.integer("KEEP_BATCHES_DAYS", 7, least=1)
KEEP_PERSONAL_DAYS = env.integer("KEEP_PERSONAL_DAYS", 30, least=1)
KEEP_STATISTICS_DAYS = env.integer("KEEP_STATISTICS_DAYS", 365, least=1)
SOCKET_SNAPSHOT_SECONDS = env.seconds("SOCKET_SNAPSHOT_SECONDS", 10.0, least=0.2)
SOCKET_RECHECK_SECONDS = env.seconds("SOCKET_RECHECK_SECONDS", 30.0, least=0.2)
# Attempts at a batch of events before it is a dead letter.
EVENT_ATTEMPTS = env.integer("EVENT_ATTEMPTS", 5, least=1, most=100)
# Where deploy/backup.sh leaves its dumps, for the figure of their age.
BACKUP_DIR = env.text("BACKUP_DIR")
UPLOAD_MAX_BYTES = env.integer("UPLOAD_MAX_BYTES", 50 * 1024 * 1024, least=1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
