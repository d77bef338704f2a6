"""What can go wrong with the warehouse, and which of it passes by itself."""

from typing import NamedTuple


class WarehouseFailure(Exception):
    """A statement did not come through."""

    @property
    def reason(self) -> str:
        """For people: without the stack trace that the server appends to its message."""
        return str(self).partition(" Stack trace:")[0]


class WarehouseUnavailable(WarehouseFailure):
    """Nothing is known to have happened; the same statement may be sent again later."""


class OutOfMemory(WarehouseUnavailable):
    """The statement alone wanted more memory than one may have: a smaller one would do."""


class WarehouseRefused(WarehouseFailure):
    """The server understood and said no: sending it again changes nothing. `code` is the server's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"ClickHouse refused with code {code}: {message}")
        self.code = code


class MigrationError(Exception):
    """The migrations or the state of the warehouse forbid going on; the message says what to do."""


# What a statement is refused with that would read or answer more than `warehouse.statement_settings` allow.
TOO_LARGE = frozenset({158, 307, 396})


# As against that of the server or of a user, which other statements hold.
OWN_MEMORY = (241, "Query memory limit exceeded")


class Retryable(NamedTuple):
    name: str
    why: str


# The only codes of the server that are worth another try. Any other is our mistake or a person's decision.
RETRYABLE: dict[int, Retryable] = {
    3: Retryable("UNEXPECTED_END_OF_FILE", "the connection broke while the server was reading the insert"),
    159: Retryable("TIMEOUT_EXCEEDED", "the server was too busy to finish within the statement's time"),
    202: Retryable("TOO_MANY_SIMULTANEOUS_QUERIES", "the server runs as many statements as it may"),
    203: Retryable("NO_FREE_CONNECTION", "the server's own connections to its peers are all in use"),
    209: Retryable("SOCKET_TIMEOUT", "a peer of the server did not answer in time"),
    210: Retryable("NETWORK_ERROR", "the server lost a peer"),
    225: Retryable("NO_ZOOKEEPER", "the cluster's keeper is not connected"),
    236: Retryable("ABORTED", "the server is shutting down"),
    241: Retryable("MEMORY_LIMIT_EXCEEDED", "other statements hold the server's memory"),
    242: Retryable("TABLE_IS_READ_ONLY", "a replica is starting, or has lost its keeper"),
    243: Retryable("NOT_ENOUGH_SPACE", "the disk is full until merges, retention or a person free some"),
    252: Retryable("TOO_MANY_PARTS", "merges have to catch up with the inserts"),
    279: Retryable("ALL_CONNECTION_TRIES_FAILED", "no replica of a shard answers"),
    285: Retryable("TOO_FEW_LIVE_REPLICAS", "too few replicas live for the quorum"),
    286: Retryable(
        "UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE", "the replicas have not caught up with the last insert"
    ),
    289: Retryable("REPLICA_IS_NOT_IN_QUORUM", "this replica lacks the last insert so far"),
    290: Retryable("LIMIT_EXCEEDED", "the server runs as many statements of this user as it may"),
    319: Retryable(
        "UNKNOWN_STATUS_OF_INSERT", "the keeper was lost in mid-insert; the same rows again change nothing"
    ),
    394: Retryable("QUERY_WAS_CANCELLED", "somebody, or the server's shutdown, stopped the statement"),
    425: Retryable("SYSTEM_ERROR", "the server's machine refused it something for the moment"),
    999: Retryable("KEEPER_EXCEPTION", "the cluster's keeper failed"),
}
