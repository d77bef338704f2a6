"""What a running process tells about itself: log lines, and metrics from a closed list."""

from runtime.unneeded import without

with without("rich"):  # it would colour what we never colour: 5 MB and 0.1 s in every process
    import structlog  # noqa: F401
