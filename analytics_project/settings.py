"""Django's settings, all derived from the typed options of `runtime.options`."""

from datetime import timedelta
from typing import Any

from corsheaders.defaults import default_headers

from analytics_project import admin_site
from api.postgres.keepalives import KEEPALIVES
from runtime.config import configuration
from runtime.telemetry.logs import logging_settings

OPTIONS = configuration()
PRODUCTION = OPTIONS.environment == "production"

SECRET_KEY = OPTIONS.web.secret_key
DEBUG = OPTIONS.web.debug
ALLOWED_HOSTS = list(OPTIONS.web.allowed_hosts)
ROOT_URLCONF = "analytics_project.urls"
WSGI_APPLICATION = "analytics_project.wsgi.application"

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "analytics_project.admin_config.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "auditlog",
    "django_celery_beat",
    "api",
    "warehouse",
    "accounts",
    "campaigns",
    "runs",
    "ingestion",
    "insights",
    "demo",
    "analytics_project",
]

MIDDLEWARE = [
    "api.middleware.name_request",
    "api.telemetry.measure_requests",
    "analytics_project.probes.answer_probes",
    "accounts.middleware.keep_audit_trail",
    "api.middleware.refuse_unreadable",
    "api.middleware.answer_both_slash_forms",
    "api.middleware.tell_rate_limit",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "analytics_project.content_policy.content_policy",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- stores ------------------------------------------------------------------------------------

DATABASES = {
    "default": {
        "ENGINE": "api.postgres",
        "HOST": OPTIONS.postgres.host,
        "PORT": OPTIONS.postgres.port,
        "NAME": OPTIONS.postgres.database,
        "USER": OPTIONS.postgres.user,
        "PASSWORD": OPTIONS.postgres.password,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 3,
            "application_name": "campaign_analytics",
            **KEEPALIVES,
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": f"redis://{OPTIONS.redis_cache.host}:{OPTIONS.redis_cache.port}/0",
        "OPTIONS": {
            "PASSWORD": OPTIONS.redis_cache.password,
            "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 1,
        },
        "KEY_PREFIX": "ca",
    },
    # No cache: the way to the durable server for those who ask whether it is there. Its data lie in other
    # databases than this one.
    "redis_log": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": f"redis://{OPTIONS.redis_log.host}:{OPTIONS.redis_log.port}/15",
        "OPTIONS": {
            "PASSWORD": OPTIONS.redis_log.password,
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 1,
        },
    },
}

# --- people ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.BCryptSHA256PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

PASSWORD_RESET_TIMEOUT = 3600

AUDITLOG_LOGENTRY_MODEL = "accounts.AuditEntry"
# The library has that one table alone, and its migrations would create it beside ours.
MIGRATION_MODULES = {"auditlog": None}
AUDITLOG_CID_GETTER = "accounts.audit.current_request_id"

SIMPLE_JWT = {
    "SIGNING_KEY": OPTIONS.jwt.key,
    "ACCESS_TOKEN_LIFETIME": timedelta(seconds=OPTIONS.jwt.access_seconds),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=OPTIONS.jwt.refresh_days),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
}

# --- mail --------------------------------------------------------------------------------------

EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if OPTIONS.email.host else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = OPTIONS.data_dir / "mail"
EMAIL_HOST, EMAIL_PORT = OPTIONS.email.host, OPTIONS.email.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = OPTIONS.email.user, OPTIONS.email.password
EMAIL_USE_TLS = bool(OPTIONS.email.host)
DEFAULT_FROM_EMAIL = OPTIONS.email.sender

# --- the API -----------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "accounts.authentication.BrowserAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.DenyEveryone"],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.CallerThrottle"],
    "DEFAULT_PARSER_CLASSES": ["api.json.JsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["api.json.JsonRenderer", "api.browsable.BrowsablePage"],
    "DEFAULT_METADATA_CLASS": "api.metadata.RouteMetadata",
    "DEFAULT_PAGINATION_CLASS": "api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.views.problem_response",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Campaign Analytics",
    "DESCRIPTION": (
        "How every campaign is doing, with every number exact, dated and rebuildable. "
        "Errors are problem details (RFC 9457) with a stable `code`. Both slash forms of a path answer."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "TAGS": [
        {"name": "accounts", "description": "Register, sign in and out, passwords, who I am."},
        {"name": "workspaces", "description": "Workspaces, their members and invitations."},
        {"name": "keys", "description": "API keys for programs, write keys for pages that send events."},
        {"name": "campaigns", "description": "What is advertised, where, when and for how much."},
        {"name": "campaign grants", "description": "Which campaigns a restricted member sees."},
        {"name": "ad accounts", "description": "Connections to the platforms, with their credentials."},
        {"name": "events", "description": "Clicks, conversions, impressions and metrics as they happen."},
        {"name": "insights", "description": "The figures, with how fresh, final and complete they are."},
        {"name": "runs", "description": "Long work that was asked for, and how far it is."},
        {"name": "health", "description": "For probes and monitoring; no credentials needed."},
        {"name": "problems", "description": "What the codes of errors mean."},
    ],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "Platform": "campaigns.choices.Platform",
        "AdPlatform": "campaigns.choices.AD_PLATFORMS",
        "CampaignStatus": "campaigns.choices.CampaignStatus",
        "ConnectionStatus": "campaigns.choices.ConnectionStatus",
        "SettableConnectionStatus": "campaigns.choices.SETTABLE_STATUS",
        "BudgetPeriod": "campaigns.choices.BudgetPeriod",
        "RunKind": "runs.choices.RunKind",
        "RunState": "runs.choices.RunState",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.schema.add_problems",
        "ingestion.api.documentation.add_event_schemas",
    ],
}

CORS_ALLOWED_ORIGINS = list(OPTIONS.web.cors_origins)
CORS_ALLOW_HEADERS = (
    *default_headers,
    "content-encoding",
    "if-match",
    "if-none-match",
    "x-workspace",
    "x-write-key",
    "x-request-id",
)
CORS_EXPOSE_HEADERS = ("ETag", "Location", "Retry-After", "X-Request-Id", "RateLimit-Remaining")

# --- pages and files ---------------------------------------------------------------------------

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
UNFOLD = admin_site.APPEARANCE
LOGIN_REDIRECT_URL = "campaigns"
LANGUAGE_CODE = "en"
FORMAT_MODULE_PATH = "analytics_project.formats"
# There is one language; and a name of one, were it taken from a request, would be kept for ever.
USE_I18N = False
TIME_ZONE = "UTC"
USE_TZ = True

# --- logs --------------------------------------------------------------------------------------

LOGGING_CONFIG = "runtime.telemetry.logs.configure_logs"
LOGGING = logging_settings(OPTIONS.logs)

# --- safety ------------------------------------------------------------------------------------

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
# Who speaks TLS for us says so; from anybody else the header is a lie.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if OPTIONS.web.trusted_proxies else None
CSRF_FAILURE_VIEW = "api.views.forbidden"
DATA_UPLOAD_MAX_MEMORY_SIZE = OPTIONS.web.max_body_bytes
