"""Postgres as a server that may be away: a failure that passes, and never the end of a consumer."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError, connection

from ingestion.errors import TransientFailure


@contextmanager
def needs_postgres() -> Iterator[None]:
    """Raises TransientFailure where Postgres does not answer; the next try gets a new connection."""
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        if not connection.in_atomic_block:
            connection.close()
        raise TransientFailure(f"Postgres does not answer: {error}".strip()) from error
