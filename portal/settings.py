"""Every setting comes from the environment; `make setup` writes the secrets of a first look to var/env."""

import os
from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from portal import single_sign_on

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

# A value may stand in a file instead, such as a container's secret: FIELD_KEYS_FILE=/run/secrets/field_keys.
env = environ.FileAwareEnv()
env.read_env(VAR_DIR / "env")

SECRET_KEY = env.str("SECRET_KEY").strip()
# SECURITY: kept apart from SECRET_KEY, so that either can be changed alone. "id:base64 of 32 bytes"; the first writes.
FIELD_KEYS = env.str("FIELD_KEYS").replace(",", " ").split()
# SECURITY: signs the daily anchors of the audit log: 32 bytes in base64. Without one it is derived from SECRET_KEY.
AUDIT_KEY = env.str("AUDIT_KEY", default="").strip()
# Public keys of earlier AUDIT_KEYs, whose anchors still count.
AUDIT_PUBLIC_KEYS = env.list("AUDIT_PUBLIC_KEYS", default=[])
# Best a place that the database's administrator cannot write to.
AUDIT_ANCHOR_DIR = env.str("AUDIT_ANCHOR_DIR", default=str(VAR_DIR / "anchors"))
SECRET_FILES = [
    VAR_DIR / "env",
    *filter(None, (env.str(f"{name}_FILE", default="") for name in ("SECRET_KEY", "FIELD_KEYS", "AUDIT_KEY"))),
]
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PORTAL_URL = env.str("PORTAL_URL", default="http://localhost:8000")
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
HTTPS = PORTAL_URL.startswith("https://")

# The search needs single characters only: without its phrases pypinyin takes 45 MB less in every process.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "network.signin.cas",
    "csp",
    "django_htmx",
    "django_vite",
    "guardian",
    "lucide",
    "rest_framework",
    "kernel",
    "network",
    "crisis",
    "screening",
    "counseling",
    "activities",
    "reporting",
    "portal",
    "demo",
]

MIDDLEWARE = [
    "kernel.headers.HeadersMiddleware",
    "kernel.compression.CompressionMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "kernel.compression.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    "kernel.open_pages.OpenPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "kernel.clean_input.CleanInputMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "network.middleware.SessionActivityMiddleware",
    # SECURITY: a page without a decorator of its own asks for sign-in.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "network.middleware.FirstPasswordMiddleware",
    "network.middleware.SecondFactorMiddleware",
    # SECURITY: a view without declared route access answers nobody.
    "network.middleware.RouteAccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kernel.unsent_forms.UnsentFormMiddleware",
]

# Pages for everybody, without session and cookie; see kernel/open_pages.py.
OPEN_PREFIX = "/open/"

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

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
                "csp.context_processors.nonce",
                "portal.navigation.navigation",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "kernel.templatetags.web",
                "reporting.templatetags.weather",
            ],
        },
    },
]

# Forms take their looks from templates/django/forms.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

STATEMENT_TIMEOUT = env.str("STATEMENT_TIMEOUT", default="0")
LOCK_TIMEOUT = env.str("LOCK_TIMEOUT", default="60s")
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Without IMMEDIATE two writers that both read first end in "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # One locked table must not hold all threads. A worker's rollups and imports may take longer than a page: wsgi.py
    # sets the time of a page. Behind PgBouncer list "options" in ignore_startup_parameters, and set them on the role.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault(
        "options",
        f"-c statement_timeout={STATEMENT_TIMEOUT} -c lock_timeout={LOCK_TIMEOUT}"
        " -c idle_in_transaction_session_timeout=10min",
    )
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {
        "BACKEND": "kernel.cache.SteadyCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
    if REDIS_URL
    else {"BACKEND": "kernel.cache.TableCache"},
    # Parts of pages that are the same for everybody, in the memory of each process; see kernel/fragments.py.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}

# Without a broker a task runs where it is enqueued: in the web process or in beat.
CELERY_TASK_ALWAYS_EAGER = not REDIS_URL
CELERY_TASK_EAGER_PROPAGATES = False
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A frozen Redis must not hang a request; a killed worker must not lose a task.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "max_retries": 0,
    "visibility_timeout": 3600,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
# What alarms need does not wait behind PDFs and imports: one worker takes this queue alone, the others take both.
CELERY_TASK_QUEUES: dict[str, dict[str, str]] = {"celery": {}, "alarms": {}}
CELERY_TASK_ROUTES = {
    task: {"queue": "alarms"}
    for task in (
        "kernel.deliver_notices",
        "kernel.deliver_bots",
        "crisis.climb_alarms",
        "crisis.warn_of_watch_gaps",
        "network.remind",
    )
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 1800
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "deliver-notices": {"task": "kernel.deliver_notices", "schedule": 30},
    "deliver-bots": {"task": "kernel.deliver_bots", "schedule": 15},
    "keep-cases": {"task": "crisis.keep_cases", "schedule": 600},
    "warn-of-watch-gaps": {"task": "crisis.warn_of_watch_gaps", "schedule": 120},
    "climb-alarms": {"task": "crisis.climb_alarms", "schedule": 15},
    "retry-jobs": {"task": "kernel.retry_jobs", "schedule": 60},
    "anchor-audit": {"task": "kernel.anchor_audit", "schedule": crontab(hour=0, minute=20)},
    "remind": {"task": "network.remind", "schedule": crontab(minute="*/10")},
    "forget-files": {"task": "kernel.forget_files", "schedule": crontab(minute=40)},
    "forget-cache": {"task": "kernel.forget_cache", "schedule": crontab(hour=3, minute=50)},
    "forget-sessions": {"task": "network.forget_sessions", "schedule": crontab(hour=3, minute=40)},
    "keep-posts": {"task": "network.keep_posts", "schedule": crontab(hour=0, minute=5)},
    "start-rollovers": {"task": "network.start_rollovers", "schedule": crontab(hour=0, minute="30,50")},
    "keep-periods": {"task": "network.keep_periods", "schedule": crontab(hour=3, minute=20)},
    "open-cycles": {"task": "reporting.open_cycles", "schedule": crontab(hour=0, minute=10)},
    "close-screenings": {"task": "screening.close_past", "schedule": crontab(hour=0, minute=15)},
    "offer-openings": {"task": "counseling.offer_openings", "schedule": 15},
    "keep-bookings": {"task": "counseling.keep_bookings", "schedule": 300},
    "freeze-minutes": {"task": "counseling.freeze_minutes", "schedule": crontab(hour=0, minute=25)},
    "roll-up": {"task": "reporting.roll_up_stale", "schedule": 60},
    "move-up-in-activities": {"task": "activities.move_up", "schedule": 30},
}

AUTH_USER_MODEL = "network.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# OWASP's floor for Argon2id: Django's default costs a sign-in rush 28 minutes where this one takes three.
PASSWORD_HASHERS = ["network.hashers.Argon2Floor", "network.hashers.FirstCode"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["number", "name", "email"]},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "number"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "network.signin.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "network.signin.forms.LoginForm",
    "change_password": "network.signin.forms.ChangePasswordForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PRESERVE_USERNAME_CASING = True
# A session lasts SESSION_COOKIE_AGE.
ACCOUNT_SESSION_REMEMBER = True
# Guesses at passwords are counted by network.signin.attempts; "login_failed" counts codes of a second factor.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "60/m/ip,5/5m/key,30/d/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
# The address of the one who asks, not that of the proxy in front.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PROXY_COUNT", default=1) if BEHIND_PROXY else 0
# "required": of everybody who can see other people's data; "off": for a look at the demonstration alone.
SECOND_FACTOR = env.str("SECOND_FACTOR", default="required")
MFA_ADAPTER = "network.signin.adapters.FactorAdapter"
MFA_FORMS = {
    "authenticate": "network.signin.forms.CodeForm",
    "reauthenticate": "network.signin.forms.CodeAgainForm",
    "activate_totp": "network.signin.forms.FirstCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# With the finger, face or PIN asked for, a passkey is two factors in one.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# A clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
# Nobody has an address to confirm: accounts come from the roster.
MFA_ALLOW_UNVERIFIED_EMAIL = True

# The university's own sign-in, each kind switched on by its address. All map to the staff or student number.
CAS_URL = env.str("CAS_URL", default="")
OIDC_URL = env.str("OIDC_URL", default="")
SAML_URL = env.str("SAML_URL", default="")
SINGLE_SIGN_ON_NAME = env.str("SINGLE_SIGN_ON_NAME", default="")
# Where the browser is led besides the addresses above, like https://login.example.edu
SINGLE_SIGN_ON_ORIGINS = env.list("SINGLE_SIGN_ON_ORIGINS", default=[])
SOCIALACCOUNT_ADAPTER = "network.signin.adapters.SingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(
    name=SINGLE_SIGN_ON_NAME,
    cas={"url": CAS_URL, "attribute": env.str("CAS_NUMBER_ATTRIBUTE", default="")},
    oidc={
        "url": OIDC_URL,
        "client_id": env.str("OIDC_CLIENT_ID", default=""),
        "secret": env.str("OIDC_CLIENT_SECRET", default=""),
        "claim": env.str("OIDC_NUMBER_CLAIM", default="preferred_username"),
    },
    saml={
        "url": SAML_URL,
        "entity_id": env.str("SAML_ENTITY_ID", default=""),
        "certificate": env.str("SAML_CERTIFICATE", default=""),
        "attribute": env.str("SAML_NUMBER_ATTRIBUTE", default=""),
    },
)
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
# Grants are read through visible_to, never through user.has_perm.
# models.W040: SQLite keeps the index and leaves out what PostgreSQL counts by.
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "models.W040"]

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# The longest that a session can be left alone is shorter: network.rules.signin.
# A session ends this long after the sign-in; network.rules.signin.LONGEST_SESSION says so for each request.
SESSION_COOKIE_AGE = 12 * 3600
# In the database, so that a session can be ended.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_SAVE_EVERY_REQUEST = False
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *single_sign_on.origins(CAS_URL, OIDC_URL, SAML_URL, *SINGLE_SIGN_ON_ORIGINS)],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="守望 <shouwang@localhost>")
EMAIL_TIMEOUT = 10
# Opens /metrics to whoever sends it as "Authorization: Bearer …"; empty: there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="").strip()
# Group bots that hear of every alarm, besides those that a school sets for itself: wecombot://KEY, dingtalk://TOKEN.
ALARM_BOTS = env.list("ALARM_BOTS", default=[])
BOT_SCHEMES = env.list("BOT_SCHEMES", default=["wecombot", "dingtalk", "feishu", "lark"])

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
FORMAT_MODULE_PATH = ["portal.formats"]

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "portal" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
# Vite writes a hash of the content into each name.
WHITENOISE_IMMUTABLE_FILE_TEST = r"/dist/assets/.+-[A-Za-z0-9_-]{8}\.\w+$"
MEDIA_ROOT = VAR_DIR / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DJANGO_VITE = {
    "default": {"manifest_path": BASE_DIR / "portal" / "static" / "dist" / "manifest.json", "static_url_prefix": "dist"}
}

# SECURITY: DRF lets anybody in by default; here the declared route access decides, and without one nobody is let in.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["network.permissions.RouteAccessPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "kernel.pagination.BoundedPagination",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"secret_paths": {"()": "kernel.logs.SecretPathFilter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["secret_paths"]},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # Printing tells of every page and font.
    "loggers": {name: {"level": "WARNING"} for name in ("weasyprint", "fontTools")},
}
