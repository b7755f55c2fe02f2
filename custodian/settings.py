"""Settings, read once from the environment and safe unless told otherwise; see docs/settings.md."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import django_stubs_ext
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from custodian import databases, embedded, env

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("CUSTODIAN_VAR", default=str(BASE_DIR / "var")))
ENVIRONMENT = env.text("CUSTODIAN_ENV", default="local")  # local | test | production
PRODUCTION = ENVIRONMENT == "production"
TESTING = ENVIRONMENT == "test"
_services = embedded.active()

DEBUG = env.flag("CUSTODIAN_DEBUG", default=False) and not PRODUCTION
# Outside production a restart may sign everybody out; production must name its own.
SECRET_KEY = env.text(
    "CUSTODIAN_SECRET_KEY",
    default=None
    if PRODUCTION
    else embedded.secret("django")
    if _services
    else secrets.token_hex(32),
)
ALLOWED_HOSTS = env.words(
    "CUSTODIAN_HOSTS", default="" if PRODUCTION else "127.0.0.1,localhost,[::1],testserver"
)
CSRF_TRUSTED_ORIGINS = env.words("CUSTODIAN_ORIGINS")

# The insurer that this installation belongs to; every seal and index is bound to the code.
CUSTODIAN_INSURER = env.text("CUSTODIAN_INSURER", default="QH")
CUSTODIAN_INSURER_NAME = {
    "zh": env.text("CUSTODIAN_INSURER_NAME_ZH", default="青禾人寿"),
    "en": env.text("CUSTODIAN_INSURER_NAME_EN", default="Qinghe Life"),
}
# Whose law it is: the name of a pack in custodian/regimes.
CUSTODIAN_REGIME = env.text("CUSTODIAN_REGIME", default="cn")
CUSTODIAN_DATA_PROTECTION_OFFICER = env.text("CUSTODIAN_DPO", default="刘敏 dpo@qinghe.example")
CUSTODIAN_COMPLAINT_LINE = env.text("CUSTODIAN_COMPLAINT_LINE", default="400-000-0000")
CUSTODIAN_KEYRING = Path(env.text("CUSTODIAN_KEYRING", default=str(VAR / "keyring.json")))
# Where the KEKs are: in the keyring's file, or on a PKCS#11 token that never lets them out.
CUSTODIAN_KEK_PROVIDER = env.text("CUSTODIAN_KEK_PROVIDER", default="file")
if CUSTODIAN_KEK_PROVIDER not in {"file", "pkcs11"}:
    raise env.BadSetting("CUSTODIAN_KEK_PROVIDER must be file or pkcs11")
_on_token = CUSTODIAN_KEK_PROVIDER == "pkcs11"
CUSTODIAN_PKCS11_MODULE = env.text("CUSTODIAN_PKCS11_MODULE", default=None if _on_token else "")
CUSTODIAN_PKCS11_TOKEN = env.text("CUSTODIAN_PKCS11_TOKEN", default=None if _on_token else "")
CUSTODIAN_PKCS11_PIN = env.text("CUSTODIAN_PKCS11_PIN", default=None if _on_token else "")
# Days for which a KEK wraps keys and a backup holds keys: after that nothing of before opens; a company
# default. Hours for which a KEK is kept after the next one has taken them over.
CUSTODIAN_KEY_DAYS = env.number("CUSTODIAN_KEY_DAYS", default=30)
CUSTODIAN_KEY_GRACE = env.number("CUSTODIAN_KEY_GRACE", default=24)
# The query log's tree: its name, the sequencer's key, whose keys others trust, and the copies outside.
CUSTODIAN_LOG_ORIGIN = env.text(
    "CUSTODIAN_LOG_ORIGIN", default=f"custodian.{CUSTODIAN_INSURER.lower()}/access-log/1"
)
CUSTODIAN_LOG_KEY = Path(env.text("CUSTODIAN_LOG_KEY", default=str(VAR / "log-key")))
CUSTODIAN_LOG_POLICY = Path(env.text("CUSTODIAN_LOG_POLICY", default=str(VAR / "log-policy.txt")))
CUSTODIAN_LOG_HEAD = Path(env.text("CUSTODIAN_LOG_HEAD", default=str(VAR / "log-head/head")))
CUSTODIAN_LOG_STORE = Path(env.text("CUSTODIAN_LOG_STORE", default=str(VAR / "log-store")))
CUSTODIAN_SYSLOG = env.text("CUSTODIAN_SYSLOG", default="")  # udp://, tcp://, tls://, unix://
CUSTODIAN_WITNESS_SECONDS = env.number("CUSTODIAN_WITNESS_SECONDS", default=10)
# Entries that wait longer for their place in the tree stop reveals and exports, then everything.
CUSTODIAN_SEAL_SECONDS = (5.0, 60.0)
CUSTODIAN_SEALING = not TESTING  # most tests run without a sequencer; its own tests ask for it
CUSTODIAN_RESTORED_SECONDS = 3600.0 if TESTING else 1.0  # how long a look at the mark holds
# Backups: the public half of a key that is elsewhere, where they go, and how long each part is kept.
CUSTODIAN_BACKUP_KEY = env.text("CUSTODIAN_BACKUP_KEY", default="")
CUSTODIAN_BACKUP_FILES = env.flag("CUSTODIAN_BACKUP_FILES", default=True)
CUSTODIAN_BACKUPS = Path(env.text("CUSTODIAN_BACKUPS", default=str(VAR / "backups")))
CUSTODIAN_PHYSICAL_BACKUPS = env.words("CUSTODIAN_PHYSICAL_BACKUPS")
CUSTODIAN_DATA_DAYS = env.number("CUSTODIAN_DATA_DAYS", default=365)
CUSTODIAN_VERSION = "0.1.0"
CUSTODIAN_LAMP_SECONDS = env.number("CUSTODIAN_LAMP_SECONDS", default=60)
CUSTODIAN_STEP_UP_SECONDS = env.number("CUSTODIAN_STEP_UP_SECONDS", default=300)
CUSTODIAN_LOG_WAIT_SECONDS = 3.0
# Every how many days all sealed values are checked, how many holdings each night, and how full a disk may be.
CUSTODIAN_SCRUB_DAYS = env.number("CUSTODIAN_SCRUB_DAYS", default=30)
CUSTODIAN_SCRUB_SAMPLE = env.number("CUSTODIAN_SCRUB_SAMPLE", default=2_000)
CUSTODIAN_DISK_WARN = env.number("CUSTODIAN_DISK_WARN", default=15)  # percent that is free
CUSTODIAN_DISK_URGENT = env.number("CUSTODIAN_DISK_URGENT", default=5)
# Files of an import that is over stay for so many days; company default, not law.
CUSTODIAN_IMPORT_FILE_DAYS = env.number("CUSTODIAN_IMPORT_FILE_DAYS", default=30)
# How long an investigation may keep a look from the customer, whether she sees the number of whoever looked,
# how long a copy of her data can be downloaded, and how many files a day she may ask for. Company defaults.
CUSTODIAN_LOOK_DELAY_DAYS = env.number("CUSTODIAN_LOOK_DELAY_DAYS", default=30)
CUSTODIAN_PORTAL_SHOWS_STAFF_NUMBER = env.flag("CUSTODIAN_PORTAL_SHOWS_STAFF_NUMBER", default=True)
CUSTODIAN_COPY_DAYS = env.number("CUSTODIAN_COPY_DAYS", default=7)
# Days within which a partner that holds a copy is told of a corrected value.
CUSTODIAN_PARTNER_TELL_DAYS = env.number("CUSTODIAN_PARTNER_TELL_DAYS", default=5)
CUSTODIAN_COPIES_A_DAY = env.number("CUSTODIAN_COPIES_A_DAY", default=6)
CUSTODIAN_DEMO_REQUESTED = env.flag("CUSTODIAN_DEMO", default=False)
CUSTODIAN_DEMO_SIGN_INS = env.number("CUSTODIAN_DEMO_SIGN_INS", default=1)

INSTALLED_APPS = [
    "custodian.site",
    "custodian.admin_site.CustodianAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "django_structlog",
    "django.forms",
    "custodian.apps.CustodianConfig",
    "access",
    "records",
    "transfers",
    "incidents",
]
MIDDLEWARE = [
    "custodian.middleware.FailClosed",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "custodian.middleware.NoStore",
    "custodian.middleware.LeadBack",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "custodian.restored_page.NotServed",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "access.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "access.middleware.StaffSecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]
ROOT_URLCONF = "custodian.urls"
WSGI_APPLICATION = "custodian.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "custodian.site.context.frame",
            ],
        },
    },
]

DATABASES = {"default": databases.django_settings("app")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.text(
    "REDIS_URL", default=_services.redis_url if _services else "redis://127.0.0.1:1/0"
)
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}
if TESTING:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Who may come in. Argon2id is tuned to about 100 ms in access.hashers.
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["access.login.StaffBackend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"] if TESTING else ["access.hashers.Argon2"]
)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "access.login.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = CUSTODIAN_STEP_UP_SECONDS
ACCOUNT_FORMS = {
    "change_password": "access.forms.ChangePasswordForm",
    "login": "access.forms.LoginForm",
    "reauthenticate": "access.forms.ReauthenticateForm",
}
# A key is an address together with a name, or one person's codes: nobody is locked out from afar.
ACCOUNT_RATE_LIMITS = {
    "change_password": "5/m/user",
    "login": "120/m/ip",
    "login_failed": "60/m/ip,5/300s/key",
    "reauthenticate": "10/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.flag("CUSTODIAN_BEHIND_PROXY", default=False) else 0
MFA_ADAPTER = "access.login.MfaAdapter"
MFA_FORMS = {"authenticate": "access.forms.CodeForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 0
MFA_TOTP_ISSUER = "Custodian"

SESSION_COOKIE_AGE = 8 * 3600
CUSTODIAN_IDLE_SECONDS = env.number("CUSTODIAN_IDLE_SECONDS", default=30 * 60)
CUSTODIAN_PORTAL_IDLE_SECONDS = env.number("CUSTODIAN_PORTAL_IDLE_SECONDS", default=15 * 60)
CUSTODIAN_PORTAL_SESSION_SECONDS = env.number("CUSTODIAN_PORTAL_SESSION_SECONDS", default=2 * 3600)
PASSWORD_RESET_TIMEOUT = 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# Loopback without TLS is the only place where cookies may travel in clear.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME = "__Host-custodian" if PRODUCTION else "custodian"
# By which a customer's browser is known again; it says nothing and opens nothing.
CUSTODIAN_KNOWN_COOKIE = "__Host-custodian-known" if PRODUCTION else "custodian-known"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "custodian-csrf"
SECURE_SSL_REDIRECT = env.flag("CUSTODIAN_SSL_REDIRECT", default=PRODUCTION)
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https")
    if env.flag("CUSTODIAN_BEHIND_PROXY", default=False)
    else None
)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_HANDLERS = [
    "records.evidence.upload.EvidenceUploadHandler",
    "records.importing.upload.SealedUploadHandler",
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = PRODUCTION
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# Where tombstones and transfers are kept outside the database; another place should copy both.
CUSTODIAN_TOMBSTONES = Path(env.text("CUSTODIAN_TOMBSTONES", default=str(VAR / "tombstones")))
LEDGER = str(VAR / "transfer-ledger")
CUSTODIAN_TRANSFER_LEDGER = Path(env.text("CUSTODIAN_TRANSFER_LEDGER", default=LEDGER))

# How many requests one customer may have open, and send in a day; company defaults.
CUSTODIAN_REQUESTS_OPEN = env.number("CUSTODIAN_REQUESTS_OPEN", default=10)
CUSTODIAN_REQUESTS_DAILY = env.number("CUSTODIAN_REQUESTS_DAILY", default=20)

STATIC_URL = "/static/"
# Elsewhere the files are served from the apps themselves.
STATIC_ROOT = (
    Path(env.text("CUSTODIAN_STATIC", default=str(VAR / "static"))) if PRODUCTION else None
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if not PRODUCTION
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "access.tokens.TokenAuthentication",
        "access.login.StaffSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["custodian.api.ActorThrottle"],
    "DEFAULT_THROTTLE_RATES": {"actor": env.text("CUSTODIAN_API_RATE", default="1200/min")},
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "custodian.api.problem",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Custodian API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}

# Mail to staff; without a server it is written to the worker's output.
EMAIL_HOST = env.text("CUSTODIAN_MAIL_HOST", default="")
EMAIL_PORT = env.number("CUSTODIAN_MAIL_PORT", default=587)
EMAIL_HOST_USER = env.text("CUSTODIAN_MAIL_USER", default="")
EMAIL_HOST_PASSWORD = env.text("CUSTODIAN_MAIL_PASSWORD", default="")
EMAIL_USE_TLS = env.flag("CUSTODIAN_MAIL_TLS", default=True)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("CUSTODIAN_MAIL_FROM", default="custodian@localhost")

# Short messages to customers. Without a gateway they are written to the worker's output, and in production
# not sent.
CUSTODIAN_TEXT_URL = env.text("CUSTODIAN_TEXT_URL", default="")
CUSTODIAN_TEXT_HOSTS = env.words("CUSTODIAN_TEXT_HOSTS")
_token_file = env.text("CUSTODIAN_TEXT_TOKEN_PATH", default="")
CUSTODIAN_TEXT_TOKEN = Path(_token_file) if _token_file else None
CUSTODIAN_TEXT_SECONDS = env.number("CUSTODIAN_TEXT_SECONDS", default=10)
# A folder that takes all messages instead, so that a demo can be tried.
_outbox = "" if PRODUCTION else env.text("CUSTODIAN_OUTBOX", default="")
CUSTODIAN_OUTBOX = Path(_outbox) if _outbox else None
if CUSTODIAN_OUTBOX is not None:
    EMAIL_BACKEND = "custodian.outbox.MailBackend"
# No code goes to a contact of more unrelated customers than these; company default.
CUSTODIAN_SHARED_CONTACT = env.number("CUSTODIAN_SHARED_CONTACT", default=3)

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 3600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "watch-requests": {"task": "records.tasks.watch_requests", "schedule": 120.0},
    "sweep": {"task": "records.tasks.sweep", "schedule": 15.0},
    "keep-relatives": {"task": "records.tasks.keep_relatives", "schedule": 30.0},
    "keep-sign-in": {"task": "records.tasks.keep_sign_in", "schedule": 10.0},
    "sweep-partners": {"task": "transfers.tasks.sweep_partners", "schedule": 15.0},
    "sweep-access": {"task": "access.tasks.sweep", "schedule": 15.0},
    "sweep-transfers": {"task": "transfers.tasks.sweep", "schedule": 15.0},
    "sweep-incidents": {"task": "incidents.tasks.sweep", "schedule": 15.0},
    "tell-due-incidents": {"task": "incidents.tasks.tell_due", "schedule": 300.0},
    "feed": {"task": "access.tasks.feed", "schedule": 5.0},
    "watch-honey": {"task": "access.tasks.watch_honey", "schedule": 15.0},
    "note-exposures": {"task": "access.tasks.note_exposures", "schedule": 60.0},
    "audit": {"task": "access.tasks.audit", "schedule": 120.0},
    "remind": {"task": "access.tasks.remind", "schedule": crontab(hour="1", minute="0")},
    "reckon-clocks": {"task": "access.tasks.reckon_clocks", "schedule": crontab(hour=0, minute=20)},
    "recheck-access": {"task": "access.tasks.recheck", "schedule": 3600.0},
    "reckon": {"task": "records.tasks.reckon", "schedule": 900.0},
    "watch-duties": {"task": "records.tasks.watch_duties", "schedule": crontab(hour=1, minute=20)},
    "count-holds": {"task": "records.tasks.count_holds", "schedule": 15.0},
    "recertify": {"task": "access.tasks.recertify", "schedule": 60.0},
    "expire-backups": {"task": "custodian.tasks.expire_backups", "schedule": 3600.0},
    "verify-log": {"task": "access.tasks.verify_log", "schedule": 60.0},
    "keep-storage": {"task": "records.tasks.keep_storage", "schedule": 60.0},
    "watch-claims": {"task": "records.tasks.watch_claims", "schedule": 60.0},
    "keep-keys": {"task": "access.tasks.keep_keys", "schedule": 600.0},
    "keep-indexes": {"task": "records.tasks.keep_indexes", "schedule": 600.0},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat-schedule")

# Structured, with an allow-list of fields.
LOGGING_CONFIG = "custodian.logs.setup"
LOGGING: dict[str, object] = {"version": 1}  # not empty, or Django would not call it
