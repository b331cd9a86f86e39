"""The only settings file. Everything that differs between machines comes from the environment."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

from triage.lib import database_url, secret_key
from triage.lib.embedded import server
from triage.lib.env import env_bool, env_int, env_list, env_str

BASE_DIR = Path(__file__).resolve().parent.parent
# Everything the desk writes outside PostgreSQL: embedded database, fitted classifier, timetable.
VAR = Path(env_str("TRIAGE_VAR") or BASE_DIR / "var").resolve()

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_str("SECRET_KEY") or secret_key.kept_in(VAR / "secret_key")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", default="localhost 127.0.0.1 [::1]")
# Where people reach the desk (https://desk.example.com): for links, and CSRF behind a proxy.
PUBLIC_URL = env_str("TRIAGE_PUBLIC_URL").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
IS_HTTPS = PUBLIC_URL.startswith("https://")

INSTALLED_APPS = [
    "triage",
    "triage.tickets",
    "triage.ingest",
    "triage.llm",
    "triage.classification",
    "triage.invoices",
    "triage.web",
    "django_htmx",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "triage.web.security.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "triage.urls"
ASGI_APPLICATION = "triage.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "triage.web.pages.frame.frame",
            ],
        },
    }
]

# --- PostgreSQL: the only thing that must run -----------------------------------------------------

# Connections of one web process; triage.asgi asks for them. 0: no pool (commands, workers).
DATABASE_POOL = env_int("TRIAGE_DATABASE_POOL", 0)
EMBEDDED_DATA = VAR / "postgres"
DATABASE_URL = env_str("DATABASE_URL")
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        # Connections are kept and checked: a restarted server costs one retry, not one error page.
        # ASGI gives each request a thread of its own, where only a pool keeps anything.
        "CONN_MAX_AGE": 0 if DATABASE_POOL else 600,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": env_str("TRIAGE_TEST_DATABASE") or None},
        **(
            database_url.parse(DATABASE_URL)
            if DATABASE_URL
            else {
                "ENGINE": "triage.lib.embedded",
                "NAME": "postgres",
                "USER": server.SUPERUSER,
                "HOST": str(server.socket_folder(EMBEDDED_DATA)),
                "PORT": str(server.PORT),
                "DATA": str(EMBEDDED_DATA),
            }
        ),
    }
}
# libpq's own variable, so that the broker's connections carry it too: by this name a command that
# started the embedded server knows its own.
os.environ["PGAPPNAME"] = server.application_name()
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if DATABASE_POOL:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 2,
        "max_size": DATABASE_POOL,
        "timeout": 10,  # seconds to wait for a free connection before the request fails
    }

# --- Celery: a doorbell; the rows in PostgreSQL are the truth -------------------------------------

# Unset: rings travel through the same PostgreSQL (pgmq). Redis or RabbitMQ: for many workers.
CELERY_BROKER_URL = env_str("CELERY_BROKER_URL")
# A drain that has not reported back for this long is taken for dead and its rows are claimed anew.
# Longer than the longest model call (60 s) with its retries, short enough to wait for.
CLAIM_SECONDS = env_int("TRIAGE_CLAIM_SECONDS", 120, least=5)
# How often the sweep rings for what is pending: the most a lost ring can cost.
SWEEP_SECONDS = env_int("TRIAGE_SWEEP_SECONDS", 10, least=1)

# --- Limits, each with its reason -----------------------------------------------------------------

# The largest that common providers deliver (Gmail 25 MB, Outlook 35 MB), with base64's third.
MAX_MAIL_BYTES = env_int("TRIAGE_MAX_MAIL_BYTES", 50 * 1024 * 1024, least=1)
# Bodies are bounded before Django sees them (triage.web.body_limit); a posted form may hold a mail.
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_MAIL_BYTES
PAGE_SIZE = env_int("TRIAGE_PAGE_SIZE", 50, least=1)  # a screen and a half of rows

# --- Mail that providers post (docs/mail-in.md) ---------------------------------------------------

# Whatever proves that a provider posts: a password, or the key it signs with. Empty: closed.
INBOUND_SECRETS = {
    name: env_str(f"TRIAGE_{name.upper().replace('-', '_')}_SECRET")
    for name in (
        "amazon-ses", "brevo", "mailersend", "mailgun", "mailjet", "mailtrap", "mandrill",
        "postal", "postmark", "resend", "sendgrid", "sparkpost",
    )
}  # fmt: skip
# Of providers that post a notice and have the mail, or its attachments, fetched.
INBOUND_API_KEYS = {
    name: env_str(f"TRIAGE_{name.upper()}_API_KEY") for name in ("brevo", "mailtrap", "resend")
}

# --- The model ------------------------------------------------------------------------------------

GEMINI_API_KEY = env_str("GOOGLE_API_KEY") or env_str("GEMINI_API_KEY")
# Asked in this order: a 404 (retired, or closed to new keys) moves on and is remembered.
MODELS = env_list(
    "TRIAGE_MODELS", default="gemini-2.5-flash gemini-3.5-flash-lite gemini-2.5-flash-lite"
)
# Calls in flight from one process: at 200 ms each, 128 are 640 a second, more than it writes.
MAX_IN_FLIGHT = env_int("TRIAGE_MAX_IN_FLIGHT", 128, least=1)
# The server refuses deadlines under 10 s; a call that takes longer than this is no longer useful.
MODEL_TIMEOUT_SECONDS = env_int("TRIAGE_MODEL_TIMEOUT_SECONDS", 60, least=10)
# Attempts at one prompt, over all models of the ladder.
MAX_ATTEMPTS = env_int("TRIAGE_MAX_ATTEMPTS", 4, least=1)
# Below this many of 100 a person is asked; each category can state its own in the admin.
DEFAULT_THRESHOLD = Decimal("0.80")

# --- Web ------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = True
TIME_ZONE = env_str("TRIAGE_TIME_ZONE", "UTC")
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static-collected"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        # After `collectstatic` (the Docker image): hashed names, cached for ever.
        if not (STATIC_ROOT / "staticfiles.json").exists()
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = True  # a fresh clone serves its files without a collectstatic
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
# Probes come from inside, by plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # a mail's own HTML is framed by its ticket

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env_str("TRIAGE_LOG_LEVEL", "WARNING")},
    "loggers": {"triage": {"level": env_str("TRIAGE_LOG_LEVEL", "INFO")}},
}
os.environ.setdefault("NO_PROXY", "127.0.0.1,localhost")  # the SDK would send loopback to a proxy
