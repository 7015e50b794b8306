"""Production settings. Everything that differs between houses comes from the environment (.env.example).

The sandbox (`make run`) and the tests start from these and add only what is theirs.
"""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from kcsc_portal.logs import configure as configure_logs

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = env.str("SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Where people reach the portal: what stands before the addresses in mails to staff.
PORTAL_URL = env.str("PORTAL_URL", next(iter(CSRF_TRUSTED_ORIGINS), ""))

INSTALLED_APPS = [
    "audit",
    "keys",
    "accounts",
    "platforms",
    "mailroom",
    "cases",
    "takedowns",
    "notices",
    "dashboards",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "kcsc_portal.apps.StaticFiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "django_filters",
    "django_structlog",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # docs/adr/0007: adds random bytes against guessing by length
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.LanguageMiddleware",
    "accounts.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kcsc_portal.not_a_page.NotAPageMiddleware",
    "kcsc_portal.logs.RequestLog",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "kcsc_portal.urls"
WSGI_APPLICATION = "kcsc_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.house",
            ],
        },
    }
]
COTTON_DIR = "components"

# Databases. The app role can neither migrate nor touch the audit chain; `migrate` is run with the owner's URLs.
# The wrapped keys live apart from what they open.
DATABASES = {}
for _alias, _name in (("default", "DATABASE_URL"), ("keys", "KEYS_DATABASE_URL")):
    if env.str(_name, ""):
        DATABASES[_alias] = env.db_url(_name)
        DATABASES[_alias]["CONN_MAX_AGE"] = 60
        DATABASES[_alias]["CONN_HEALTH_CHECKS"] = True
DATABASE_ROUTERS = ["keys.routers.KeysRouter"]
DATABASE_APP_ROLE = env.str("DATABASE_APP_ROLE", "portal_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Master keys that wrap the records' keys: "id:base64,…", the first one wraps, all of them open.
MASTER_KEYS = env.list("MASTER_KEYS", default=[])
BLIND_INDEX_KEY = env.str("BLIND_INDEX_KEY", "")

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "notices.sessions.PeopleWithNotices",
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "accounts:login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Too many wrong passwords for one account from one address: neither is heard again for a while (accounts/lockout.py).
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", 5)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("LOGIN_LOCK_MINUTES", 15))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says until when, and that holds
AXES_USERNAME_CALLABLE = "accounts.lockout.account_of"
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.address_of"
AXES_CLIENT_STR_CALLABLE = "accounts.lockout.in_the_log"
AXES_LOCKOUT_CALLABLE = "accounts.views.session.locked"
AXES_SENSITIVE_PARAMETERS = ["username", "csrfmiddlewaretoken", "next"]
AXES_DISABLE_ACCESS_LOG = True  # the audit trail has the log-ins
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Proxies of our own in front of the web server; each writes the address it was called from into X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Seoul"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # each served for ever under its own name
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("png", "jpg", "gif", "woff", "woff2", "map")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SECURE = True
X_FRAME_OPTIONS = "DENY"

# A pasted list that is far too long still comes back to its form with an error that says so.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20

IN_SANDBOX = False  # the sandbox says so at the top of every page

# The house: agency, letterhead and mail addresses.
AGENCY_NAME_KO = env.str("AGENCY_NAME_KO", "방송통신심의위원회")
AGENCY_NAME_EN = env.str("AGENCY_NAME_EN", "Korea Communications Standards Commission")
AGENCY_ADDRESS = env.str("AGENCY_ADDRESS", "")
AGENCY_PHONE = env.str("AGENCY_PHONE", "")

EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)  # STARTTLS, and no letter without it
EMAIL_TLS_IF_OFFERED = env.bool("EMAIL_TLS_IF_OFFERED", False)
MAIL_DKIM_KEY_FILE = env.str("MAIL_DKIM_KEY_FILE", "")  # RSA, PEM; empty: the mail server signs, or nobody does
MAIL_DKIM_SELECTOR = env.str("MAIL_DKIM_SELECTOR", "portal")
MAIL_DOMAIN = env.str("MAIL_DOMAIN", "portal.example")  # everything below is an address at this domain
MAIL_FROM_BOX = env.str("MAIL_FROM_BOX", "takedown")  # From, and the box that replies reach: box+r.TOKEN
MAIL_BOUNCE_BOX = env.str("MAIL_BOUNCE_BOX", "bounce")  # envelope sender: box+v.TOKEN
MAIL_ARCHIVE_BOX = env.str("MAIL_ARCHIVE_BOX", "archive")  # blind second recipient of every letter
MAIL_SMTP_TIMEOUT = env.float("MAIL_SMTP_TIMEOUT", 60.0)  # seconds for each SMTP command
MAIL_LEASE = env.float("MAIL_LEASE", 900.0)  # seconds; longer than a whole SMTP dialogue may take
MAIL_POLL_SECONDS = env.float("MAIL_POLL_SECONDS", 1.0)  # how often the mail processes look when nobody rings
# Seconds until the next try, after the first, second, … failure of a letter; never longer than the second setting
# while our own mail server cannot be reached.
MAIL_RETRY_SECONDS = env.list("MAIL_RETRY_SECONDS", cast=float, default=[5, 15, 60, 300, 900, 1800])
MAIL_RECONNECT_SECONDS = env.float("MAIL_RECONNECT_SECONDS", 15.0)
MAIL_RETRY_JITTER = env.float("MAIL_RETRY_JITTER", 0.2)  # each wait is so much longer or shorter, by chance
# Letters to one domain a minute (0: no limit), and how many may leave at once after a rest.
MAIL_DOMAIN_PER_MINUTE = env.float("MAIL_DOMAIN_PER_MINUTE", 60.0)
MAIL_DOMAIN_BURST = env.int("MAIL_DOMAIN_BURST", 20)
# A domain is stopped when so many letters within the window (seconds) were refused, put off, broken off or returned,
# and they are such a share of those tried. After the pause, twice as long each time, one letter tries.
MAIL_BREAKER_TROUBLES = env.int("MAIL_BREAKER_TROUBLES", 5)
MAIL_BREAKER_SHARE = env.float("MAIL_BREAKER_SHARE", 0.5)
MAIL_BREAKER_WINDOW = env.float("MAIL_BREAKER_WINDOW", 3600.0)
MAIL_BREAKER_PAUSE = env.float("MAIL_BREAKER_PAUSE", 900.0)
MAIL_BREAKER_LONGEST = env.float("MAIL_BREAKER_LONGEST", 4 * 3600.0)
# An uncertain letter without an archive copy leaves once more when so many seconds have passed since, our door was
# open all that time, and a mail to ourselves that left after them has come back (0: never by itself; docs/adr/0009).
MAIL_RESEND_SECONDS = env.float("MAIL_RESEND_SECONDS", 7200.0)
MAIL_CANARY_SECONDS = env.float("MAIL_CANARY_SECONDS", 900.0)  # between two mails to ourselves; 0: only when needed
MAIL_CANARY_LATE_SECONDS = env.float("MAIL_CANARY_LATE_SECONDS", 600.0)  # one that is not back by then is an alarm
MAIL_BEAT_SECONDS = env.float("MAIL_BEAT_SECONDS", 10.0)  # between two signs of life of a mail process
MAIL_DOOR_HOST = env.str("MAIL_DOOR_HOST", "127.0.0.1")
MAIL_DOOR_PORT = env.int("MAIL_DOOR_PORT", 2424)
MAIL_DOOR_PROTOCOL = env.str("MAIL_DOOR_PROTOCOL", "lmtp")  # or smtp
MAIL_MAX_BYTES = env.int("MAIL_MAX_BYTES", 35 * 2**20)
MAIL_DOOR_THREADS = env.int("MAIL_DOOR_THREADS", 4)  # mails that are stored at the same time
MAIL_IMAP_URL = env.str("MAIL_IMAP_URL", "")  # imaps://user:password@host/INBOX; empty: mail comes to our own door
MAIL_IMAP_DONE_FOLDER = env.str("MAIL_IMAP_DONE_FOLDER", "")  # only for a mailbox that keeps no marks of ours
MAIL_IMAP_TIMEOUT = env.float("MAIL_IMAP_TIMEOUT", 60.0)  # seconds for each command
MAIL_IMAP_SWEEP_SECONDS = env.float("MAIL_IMAP_SWEEP_SECONDS", 240.0)  # a full look at the mailbox, news or not
MAIL_PARSE_SECONDS = env.float("MAIL_PARSE_SECONDS", 10.0)  # wall time of the parsing child for one mail
MAIL_PARSE_MEMORY = env.int("MAIL_PARSE_MEMORY", 768 * 2**20)  # bytes of address space
# Who is asked for the text records that signatures of mails are verified with; the sandbox and the tests have a file.
MAIL_DNS = "mailroom.resolving.system"
MAIL_DNS_ZONE = ""
MAIL_DNS_SERVERS = env.list("MAIL_DNS_SERVERS", default=[])  # address:port; empty: those of this machine
MAIL_DNS_SECONDS = env.float("MAIL_DNS_SECONDS", 3.0)  # for each record
# Where the house's border server verifies senders itself: the name that it signs its Authentication-Results with, and
# the name in its Received lines where that is another. Empty: its word is not asked.
MAIL_AUTHSERV_ID = env.str("MAIL_AUTHSERV_ID", "")
MAIL_BORDER_HOST = env.str("MAIL_BORDER_HOST", "")
MAIL_UNMATCHED_ALARM_HOURS = env.float("MAIL_UNMATCHED_ALARM_HOURS", 24.0)  # mail without a request is late after this
MAIL_PARSE_RETRY_SECONDS = 5.0  # a mail that could not be read waits this long, times its failures

# Host name -> http://127.0.0.1:port. Only the sandbox's settings fill it; check --deploy fails if any is set.
CHECK_PINS: dict[str, str] = {}

CELERY_BROKER_URL = env.str("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 5}
CELERY_TIMEZONE = TIME_ZONE

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "kcsc_portal.api_errors.tell",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Takedown portal API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
}

# Logs name rows by UUID; mail text, reporters' words and links never go in.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {"axes": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
}
configure_logs()
