"""Whether an acknowledgement of this server outlives it: what only its configuration decides."""

from ingestion.eventlog.redis_streams.server import Server

# What the setting must be, and what happens otherwise.
_NEEDED = {
    "appendonly": ("yes", "acknowledged events are gone when the server stops"),
    "appendfsync": ("always", "acknowledged events of the last second are gone when the machine stops"),
    "maxmemory-policy": ("noeviction", "acknowledged events are dropped when memory is short"),
}


def durability_gaps(server: Server) -> list[str]:
    """What is wrong, a sentence each; nothing where the server does not tell its settings."""
    gaps = []
    for setting, (needed, otherwise) in _NEEDED.items():
        value = server.setting(setting)
        if value not in (None, needed):
            gaps.append(f"{setting} is {value}, so {otherwise}: set `{setting} {needed}`.")
    return gaps
