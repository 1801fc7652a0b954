"""All settings. Every difference between machines is an environment variable, listed in `.env.example`.

In production (`DEBUG` off) a missing secret, database or host list stops the start and names the variable.
Numbers that law or the Office changes are dated rows (`reference.Rules`), never settings.
"""

import base64
import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def required(name: str, hint: str, *, in_debug: str | None = None) -> str:
    """Return the variable `name`; without it use `in_debug` under DEBUG, else stop with `hint`."""
    value = env.str(name, default="")
    if value:
        return value
    if DEBUG and in_debug is not None:
        return in_debug
    raise ImproperlyConfigured(f"Set the environment variable {name}: {hint}")


DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)  # the demonstration: its mail page and its accounts; never in production
TESTING = env.bool("TESTING", default=False)  # set by the test suite: cheap password hashes, N+1 detection

SECRET_KEY = required("SECRET_KEY", "a long random text, kept secret.", in_debug="insecure-development-key")
# Older keys, newest first: links in mails sent under them still work. Drop one once nobody needs its links.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else [])
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set the environment variable ALLOWED_HOSTS: host names, separated by commas.")
SITE_URL = required(
    "SITE_URL", "the public address, e.g. https://govtech.example.org", in_debug="http://localhost:8000"
)
CSRF_TRUSTED_ORIGINS = [SITE_URL] if urlsplit(SITE_URL).scheme == "https" else []

# The city ----------------------------------------------------------------------------------------
PROGRAMME_NAME = env.str("PROGRAMME_NAME", default="Madrid Govtech")
CITY_NAME = env.str("CITY_NAME", default="Madrid")
CITY_COUNCIL_NAME = env.str("CITY_COUNCIL_NAME", default="Ayuntamiento de Madrid")
OFFICE_NAME = env.str("OFFICE_NAME", default="Dirección General de la Oficina Digital")
CITY_DIR3, OFFICE_DIR3 = env.str("CITY_DIR3", default="L01280796"), env.str("OFFICE_DIR3", default="")  # public bodies
OCID_PREFIX = env.str("OCID_PREFIX", default="ocds-000000")  # of the city's OCDS data: register one at the standard
OFFICE_EMAIL = env.str("OFFICE_EMAIL", default="oficinadigital@madrid.es")
BRAND_COLOUR = env.str("BRAND_COLOUR", default="#0a3fd4")
CURRENCY_SYMBOL = env.str("CURRENCY_SYMBOL", default="€")
REGISTER_EFFECT = env.bool("REGISTER_EFFECT", default=False)  # receipts have the effect of the official register
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Madrid")
USE_TZ = USE_I18N = True
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="es")
LANGUAGES = [("es", _("Spanish")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["govtech.formats"]

# Applications ------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "pilots",
    "startups",
    "challenges",
    "govtech.programme",
    "govtech.shell",
    "govtech.notifications",
    "govtech.files",
    "govtech.audit",
    "govtech.accounts",
    "govtech.reference",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",  # its widget templates, for the shell's form renderer
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "django_htmx",
    "csp",
]
if TESTING:
    INSTALLED_APPS.append("zeal")  # a query per row is a failing test
    ZEAL_ALLOWLIST = [{"model": "account.*"}, {"model": "mfa.*"}]  # the sign-in library's own steps
MIDDLEWARE = [
    "govtech.shell.middleware.RequestIdMiddleware",
    "govtech.shell.middleware.PagesMiddleware",  # keeps whole answers, headers of those below included
    "django.middleware.security.SecurityMiddleware",
    "govtech.shell.middleware.HealthMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "govtech.shell.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "govtech.accounts.middleware.SeenMiddleware",
    "govtech.accounts.middleware.RequireMFAMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "govtech.shell.middleware.PrivatePagesMiddleware",
    "govtech.shell.middleware.RefusalMiddleware",
    "govtech.shell.middleware.UnkeepableTextMiddleware",
    "govtech.shell.middleware.UnavailableMiddleware",
]
if TESTING:
    MIDDLEWARE.insert(0, "zeal.middleware.zeal_middleware")

ROOT_URLCONF = "govtech.urls"
WSGI_APPLICATION = "govtech.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "govtech.shell.forms.PortalRenderer"
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
                "django.template.context_processors.i18n",
                "govtech.shell.context.portal",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "govtech.shell.templatetags.components",
                "govtech.shell.templatetags.kept",
            ],
        },
    }
]

# Database ----------------------------------------------------------------------------------------
# Two roles. The owner migrates and loads the demo; web and worker connect as a role that may not change
# the schema, nor rewrite audit, ledger and receipts. `manage.py` chooses by command.
DATABASE_URL = required("DATABASE_URL", "postgres://user:password@host/name of the application's role.")
DATABASE_OWNER_URL = env.str("DATABASE_OWNER_URL", default=DATABASE_URL)
DATABASE_ROLE = env.str("DATABASE_ROLE", default="application")
DATABASES = {"default": env.db_url_config(DATABASE_OWNER_URL if DATABASE_ROLE == "owner" else DATABASE_URL)}
DATABASES["default"]["ENGINE"] = "govtech.database"  # PostgreSQL, with a pool that asks less
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {})
if env.bool("DATABASE_POOL", default=False):  # the web process; a Celery worker must not pool
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=8)}
    # What is read often lies in memory, in whatever order: with PostgreSQL's own guess it would read whole tables.
    options = DATABASES["default"]["OPTIONS"]
    options["options"] = " ".join(filter(None, [options.get("options"), "-c random_page_cost=1.1"]))
    # Each connection plans a statement of `govtech.statements` once. Off behind a pooler that knows no such plans.
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 2 if env.bool("DATABASE_PREPARES", default=True) else None
APPLICATION_DATABASE_ROLE = env.db_url_config(DATABASE_URL)["USER"]

# Cache and queue ---------------------------------------------------------------------------------
REDIS_URL = required("REDIS_URL", "redis://host:6379", in_debug="redis://127.0.0.1:6379")
CACHES = {
    "default": {
        "BACKEND": "govtech.shell.cache.ResilientRedisCache",
        "LOCATION": REDIS_URL + "/1",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    },
    "fallback": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_fallback"},
}
if TESTING:  # most tests run without Valkey
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
# Pages that are the same for everybody, kept for at most so long (`govtech.shell.pages`). Not while developing.
PAGE_CACHE_SECONDS = env.int("PAGE_CACHE_SECONDS", default=0 if DEBUG or TESTING else 60)
# Pieces of pages that depend on nothing but what they are given (`{% kept %}`), in each process's memory.
FRAGMENT_BYTES = env.int("FRAGMENT_BYTES", default=4 * 1024 * 1024)
CELERY_BROKER_URL = REDIS_URL + "/0"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,  # longer than the time limit, else a slow task runs twice
    "unacked_restore_interval": 5,  # the default sweep leaves a lost task waiting for about 100 s
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 1,  # a page waits for this where the broker's machine is gone
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "send-due-mail": {
        "task": "govtech.notifications.tasks.send_due_mail",
        "schedule": env.float("MAIL_SWEEP_SECONDS", default=30.0),
        "options": {"expires": 30},
    },
    # By the clock, not by when the beat started: a new beat must not begin its hour or its day again. Some minutes past
    # the hour, what was answered in its last moments is written.
    "sweep-files": {
        "task": "govtech.files.tasks.sweep_orphans",
        "schedule": crontab(minute=20, hour=4),
        "options": {"expires": 3600},
    },
    # Every hour, so that a day that was missed is made up for within one.
    "publish-receipt-heads": {
        "task": "startups.tasks.chain.publish_receipt_heads",
        "schedule": crontab(minute=9),
        "options": {"expires": 3000},
    },
    "retention": {
        "task": "govtech.accounts.tasks.keep_to_the_schedule",
        "schedule": crontab(minute=40, hour=3),
        "options": {"expires": 3600},
    },
    "remind": {
        "task": "govtech.notifications.tasks.send_reminders",
        "schedule": crontab(minute=3),
        "options": {"expires": 3000},
    },
}

# Mail --------------------------------------------------------------------------------------------
# Django's mail goes to the outbox table; the worker hands it to the delivery backend.
EMAIL_BACKEND = "govtech.notifications.backends.OutboxBackend"
EMAIL_DELIVERY_BACKEND = env.str("EMAIL_DELIVERY_BACKEND", default="django.core.mail.backends.smtp.EmailBackend")
EMAIL_FILE_PATH = env.str("EMAIL_FILE_PATH", default=str(BASE_DIR / ".state" / "mail"))
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"{PROGRAMME_NAME} <no-reply@localhost>")

# Files -------------------------------------------------------------------------------------------
PRIVATE_FILES_DIR = Path(env.str("PRIVATE_FILES_DIR", default=str(BASE_DIR / "private")))
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "govtech.shell.finders.BootstrapFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": PRIVATE_FILES_DIR}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_HANDLERS = ["govtech.files.uploads.SealedUploadHandler"]  # encrypted before it touches the disk
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", default="")  # tcp://host:3310 or unix:/path; empty: files aren't scanned
CLAMD_TIMEOUT = env.float("CLAMD_TIMEOUT", default=20.0)  # seconds without an answer, then the file is refused
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# Accounts ----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["govtech.accounts.backends.AuthenticationBackend"]  # one only: equal time for any address
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "shell:desk"
ACCOUNT_LOGOUT_REDIRECT_URL = "shell:home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_FORMS = {"signup": "govtech.accounts.forms.SignupForm"}
ACCOUNT_ADAPTER = "govtech.accounts.adapters.AccountAdapter"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "signup": "20/h/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = PROGRAMME_NAME
MFA_TOTP_TOLERANCE = 0  # one step of 30 s only: a used code can't be played back (ASVS 6.5.5)
MFA_ADAPTER = "govtech.accounts.adapters.MFAAdapter"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG or DEMO
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=not (DEBUG or DEMO))
USERSESSIONS_TRACK_ACTIVITY = True
SESSION_ENGINE = "govtech.accounts.sessions"  # in the database: sign-ins survive a dead cache
SESSION_COOKIE_AGE = env.int("SESSION_SECONDS", default=8 * 3600)


def _keys(name: str, hint: str) -> list[bytes]:
    """Read 32-byte keys in base64, newest first, separated by commas."""
    text = required(name, hint, in_debug=base64.b64encode(hashlib.sha256(name.encode()).digest()).decode())
    keys = [base64.b64decode(part) for part in text.split(",")]
    if any(len(key) != 32 for key in keys):
        raise ImproperlyConfigured(f"Each key in the environment variable {name} must be 32 bytes in base64.")
    return keys


# Keys that wrap the keys of sealed proposals, and second factors. The newest is first; older ones still open.
SEALING_KEYS = _keys(
    "SEALING_KEYS", "32 random bytes in base64; when rotating put the new one first, a comma, the old."
)

# A key service beside the environment (Vault's transit protocol): it wraps the keys of sealed proposals in their stead.
SEALING_SERVICE_URL = env.str("SEALING_SERVICE_URL", default="")
SEALING_SERVICE_KEY = env.str("SEALING_SERVICE_KEY", default="portal")
SEALING_SERVICE_TOKEN = env.str("SEALING_SERVICE_TOKEN", default="")
SEALING_SERVICE_TOKEN_FILE = env.str("SEALING_SERVICE_TOKEN_FILE", default="")
SEALING_SERVICE_TIMEOUT = env.float("SEALING_SERVICE_TIMEOUT", default=5.0)
# Public half (PEM) of the recovery key, for which each key is wrapped besides; the private one lies in a safe.
SEALING_RECOVERY_KEY = env.str("SEALING_RECOVERY_KEY", default="")

# Security ----------------------------------------------------------------------------------------
SECURE = urlsplit(SITE_URL).scheme == "https"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if SECURE else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "govtech.shell.views.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
# Sites that may show the list of challenges in a frame, e.g. https://www.madrid.es: that page only; none unless named.
EMBED_FRAME_ANCESTORS = env.list("EMBED_FRAME_ANCESTORS", default=[])
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("accelerometer", "camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}

# Logs --------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "govtech.shell.logs.RequestIdFilter"}},
    "formatters": {"json": {"()": "govtech.shell.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "pikepdf": {"level": "WARNING"},
        "django.template": {"level": "INFO"},  # below that it logs whole contexts: a sealed proposal's words, too
    },
}
