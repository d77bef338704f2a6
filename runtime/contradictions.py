"""Options that are fine one by one and wrong together, or wrong in production."""

import base64
import re
from collections import defaultdict
from collections.abc import Iterator

from runtime.addresses import name_this_machine_alone
from runtime.catalogue import FILE_SUFFIX, Option, every_option
from runtime.options import Options
from runtime.stored_secrets import stored_secrets

SETTLE_SLACK_SECONDS = 5
_ORIGIN = re.compile(r"https?://[^/\s*?#@]+")


def contradictions(options: Options) -> list[str]:
    """One sentence for each; empty when the product may start. Raises UnreadableSecrets."""
    rules = [
        _loose_origins,
        _shared_addresses,
        _unusable_credential_keys,
        _forgetful_letters,
        _settled_too_early,
    ]
    if options.environment == "production":
        rules += [_open_doors, _missing_secrets, _generated_secrets]
    return [sentence for rule in rules for sentence in rule(options)]


def _loose_origins(options: Options) -> Iterator[str]:
    for origin in options.web.cors_origins:
        if not _ORIGIN.fullmatch(origin):
            yield (
                f"CA_WEB_CORS_ORIGINS must name origins like https://app.example.com, not `{origin}`: "
                "each page listed may call the API for whoever opens it."
            )


def _shared_addresses(options: Options) -> Iterator[str]:
    users = defaultdict(list)
    for name in ("postgres", "redis_log", "redis_cache", "clickhouse"):
        server = getattr(options, name)
        users[server.host, server.port].append(f"CA_{name.upper()}_PORT")
    users[options.web.host, options.web.port].append("CA_WEB_PORT")
    if options.flower.enabled:
        users["127.0.0.1", options.flower.port].append("CA_FLOWER_PORT")
    for (_host, port), variables in users.items():
        if len(variables) > 1:
            yield f"{' and '.join(variables)} name the same address (port {port}): give each its own."


def _unusable_credential_keys(options: Options) -> Iterator[str]:
    for position, key in enumerate(options.credentials.keys, start=1):
        if not _is_fernet_key(key):
            yield (
                f"CA_CREDENTIALS_KEYS: key {position} is not a Fernet key (32 bytes in URL-safe Base64): "
                "`openssl rand -base64 32 | tr +/ -_` makes one."
            )


def _forgetful_letters(options: Options) -> Iterator[str]:
    """A replay of the log would bring back as waiting what somebody has dealt with."""
    if options.dead_letters.keep_days * 24 < options.topics.retention_hours:
        yield "CA_DEAD_LETTERS_KEEP_DAYS must be no less than the log's CA_TOPICS_RETENTION_HOURS."


def _is_fernet_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, altchars=b"-_", validate=True)) == 32
    except ValueError:
        return False


def _settled_too_early(options: Options) -> Iterator[str]:
    longest = options.warehouse.write_seconds + options.aggregation.statement_seconds + SETTLE_SLACK_SECONDS
    if options.aggregation.settle_seconds < longest:
        yield (
            f"CA_AGGREGATION_SETTLE_SECONDS must be at least {longest}: CA_WAREHOUSE_WRITE_SECONDS and "
            f"CA_AGGREGATION_STATEMENT_SECONDS together, and {SETTLE_SLACK_SECONDS} for clocks."
        )


def _open_doors(options: Options) -> Iterator[str]:
    if options.web.debug:
        yield "CA_WEB_DEBUG must be false in production."
    if "*" in options.web.allowed_hosts:
        yield "CA_WEB_ALLOWED_HOSTS must name hosts in production, not `*`."
    if name_this_machine_alone(options.web.allowed_hosts):
        yield "CA_WEB_ALLOWED_HOSTS must name the host that people call in production, not localhost."


def _missing_secrets(options: Options) -> Iterator[str]:
    for option in every_option():
        if _is_needed(option, options) and not option.value_in(options):
            yield f"{option.variable} (or {option.variable}{FILE_SUFFIX}) must be set in production."


def _is_needed(option: Option, options: Options) -> bool:
    return option.generated and (option.section != "flower" or options.flower.enabled)


def _generated_secrets(options: Options) -> Iterator[str]:
    generated = set(stored_secrets(options.data_dir).values())
    for option in every_option():
        value = option.value_in(options)
        values = value if option.is_list else (value,)
        if option.secret and generated.intersection(values):
            yield f"{option.variable} was generated for development: production wants one of its own."
