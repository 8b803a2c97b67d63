"""Settings, all of them from the environment, with defaults for one laptop."""

import contextlib
import os
import secrets
import socket
from pathlib import Path

import dj_database_url

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = Path(os.environ.get("CLUSTERLAB_STATE", BASE_DIR / ".run"))
STATE_DIR.mkdir(parents=True, exist_ok=True)


def _secret() -> str:
    """Return the secret of the environment, or one that is kept beside the database."""
    given = os.environ.get("SECRET_KEY")
    if given:
        return given
    path = STATE_DIR / "secret"
    if not path.exists():
        path.write_text(secrets.token_urlsafe(50), encoding="utf-8")
        path.chmod(0o600)
    return path.read_text(encoding="utf-8")


SECRET_KEY = _secret()
DEBUG = os.environ.get("DEBUG", "") == "1"


def _hosts() -> list[str]:
    """Return the names this site answers to: those given, or those of this machine it listens on.

    A page elsewhere whose name is made to point here must not get an answer.
    """
    given = [name.strip() for name in os.environ.get("ALLOWED_HOSTS", "").split(",")]
    if any(given):
        return [name for name in given if name]
    names = ["localhost", "127.0.0.1", "[::1]"]
    host = os.environ.get("HOST", "127.0.0.1")
    if host not in ("0.0.0.0", "::"):
        return [*names, host]
    own = socket.gethostname()
    found = {own, f"{own}.local"}
    with contextlib.suppress(OSError):
        found |= {str(each[4][0]) for each in socket.getaddrinfo(own, None, socket.AF_INET)}
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Nothing is sent: this only asks which address the way out begins at.
        probe.connect(("192.0.2.1", 9))
        found.add(str(probe.getsockname()[0]))
    return [*names, *sorted(found)]


ALLOWED_HOSTS = _hosts()
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))
"""How many proxies before this site append to X-Forwarded-For whom they were called by. Behind a
load balancer that is 1, or all visitors share one address and its limits; without one it must be 0,
or every visitor chooses an address."""
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "daphne",
    "channels",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "clusterlab.runtime",
    "clusterlab.labs",
]
MIDDLEWARE = [
    "clusterlab.labs.middleware.Health",
    "django.middleware.security.SecurityMiddleware",
    # Files come compressed from the disk. Behind GZipMiddleware each block of one would become a
    # gzip member of its own, and browsers stop at the end of the first.
    "clusterlab.labs.middleware.StaticFiles",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "clusterlab.labs.middleware.SecurityHeaders",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "clusterlab.urls"
ASGI_APPLICATION = "clusterlab.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
            ]
        },
    }
]

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL") or f"sqlite:///{STATE_DIR / 'clusterlab.sqlite3'}",
        conn_max_age=60,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # One writer at a time, others wait a second: a host that waited longer would lose its leases,
    # and it tries again anyway. A killed process loses nothing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 1,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(STATE_DIR / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
"""redis://… or unix:///path; Celery spells the latter differently."""
_IS_SOCKET = REDIS_URL.startswith("unix://")
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # redis-py 8 gives up a silent connection after 5 s unless told otherwise.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": None}]},
    }
}
CELERY_BROKER_URL = (
    "redis+socket://" + REDIS_URL.removeprefix("unix://").partition("?")[0]
    if _IS_SOCKET
    else REDIS_URL
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "tasks"
CELERY_BEAT_SCHEDULE = {"forget-labs": {"task": "runtime.forget_labs", "schedule": 6 * 3600.0}}
LABS_KEPT_DAYS = int(os.environ.get("LABS_KEPT_DAYS", "60"))
"""Labs that nobody visited for so long are deleted, journals and all; 0 keeps them for ever."""

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ko", "한국어")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = STATE_DIR / "staticfiles"
# `manage.py up` and the image collect and compress; whoever starts a server alone still gets a page.
SERVESTATIC_USE_FINDERS = DEBUG or not STATIC_ROOT.exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedStaticFilesStorage"},
}
SERVESTATIC_AUTOREFRESH = DEBUG

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_COOKIE_HTTPONLY = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
