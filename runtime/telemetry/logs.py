"""Log lines: one JSON object each, or text for people; on standard error, from every library alike.

Events are named in snake_case and carry values by name: `logger.info("run_finished", run_id=run.id)`. What a
request or task is about is bound once (`begin_context`, `add_context`) and stands in each of its lines.
"""

import json
import logging.config
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor

from runtime.options import Logs
from runtime.telemetry.scrubbing import scrub_event, scrubbed

_FIRST = ("time", "level", "event")
_ENRICH: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
]

# The loggers that say twice what we say once, or that bring handlers of their own, and their least level.
_OTHERS = {
    "django": "NOTSET",
    "django.server": "NOTSET",
    "django.request": "CRITICAL",  # api.telemetry tells of each request, with its route and without its path
    "_granian": "INFO",
    "granian.access": "CRITICAL",
}


def logging_settings(options: Logs) -> dict[str, Any]:
    """For logging.config.dictConfig, and for libraries that call it themselves."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "runtime.telemetry.logs.formatter", "style": options.format}},
        "handlers": {
            "lines": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "lines"}
        },
        "root": {"level": options.level.upper(), "handlers": ["lines"]},
        "loggers": {
            name: {"level": level, "handlers": [], "propagate": True} for name, level in _OTHERS.items()
        },
    }


def configure_logs(settings: dict[str, Any]) -> None:
    """Send the lines of structlog and of the standard library the same way. May be repeated."""
    logging.config.dictConfig(settings)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *_ENRICH, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def formatter(style: str) -> ProcessorFormatter:
    """Called by dictConfig."""
    as_text = structlog.dev.ConsoleRenderer(
        colors=False, timestamp_key="time", exception_formatter=structlog.dev.plain_traceback
    )
    return ProcessorFormatter(
        foreign_pre_chain=_ENRICH,
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            scrub_event,
            _as_json if style == "json" else as_text,
        ],
    )


def begin_context(**values: str) -> None:
    """Forget what the thread did before; these values stand in each line from here on."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(**values)


def add_context(**values: str) -> None:
    structlog.contextvars.bind_contextvars(**values)


def end_context() -> None:
    structlog.contextvars.clear_contextvars()


def _as_json(_logger: object, _method: str, event: EventDict) -> str:
    """Time, level and event first. What JSON does not know is shown by its repr: a line never fails."""
    ordered = {name: event.pop(name) for name in _FIRST if name in event} | dict(event)
    return json.dumps(ordered, default=lambda value: scrubbed(repr(value)))
