"""The servers that hold what is stored, and what a statement to them may cost."""

from typing import Annotated

from runtime.options.declaring import Count, Port, Section, says


class Postgres(Section, frozen=True):
    embedded: Annotated[bool, says("Start our own Postgres; false to use the one at `host`.")] = True
    host: Annotated[str, says("Address of Postgres.")] = "127.0.0.1"
    port: Annotated[Port, says("Port of Postgres.")] = 15432
    database: Annotated[str, says("Database name.", min_length=1)] = "campaign_analytics"
    user: Annotated[str, says("Database user.", min_length=1)] = "campaign_analytics"
    password: Annotated[str, says("Password of the database user.", secret=True)] = ""


class RedisCache(Section, frozen=True):
    embedded: Annotated[bool, says("Start our own Valkey; false to use the server at `host`.")] = True
    host: Annotated[str, says("Address of the cache server; may be wiped at any moment.")] = "127.0.0.1"
    port: Annotated[Port, says("Its port.")] = 16380
    password: Annotated[str, says("Its password.", secret=True)] = ""
    memory_mb: Annotated[Count, says("Memory bound of the embedded cache server.")] = 128


class ClickHouse(Section, frozen=True):
    embedded: Annotated[
        bool, says("Start our own engine; false to use the ClickHouse server or cluster at `host`.")
    ] = True
    host: Annotated[str, says("Address of ClickHouse.")] = "127.0.0.1"
    port: Annotated[Port, says("Port of its native protocol.")] = 19000
    database: Annotated[str, says("Database of the raw tables and rollups.", min_length=1)] = (
        "campaign_analytics"
    )
    user: Annotated[str, says("User that writes and migrates.", min_length=1)] = "campaign_analytics"
    password: Annotated[str, says("Password of the writing user.", secret=True)] = ""
    reader_user: Annotated[str, says("User that can only read.", min_length=1)] = "campaign_analytics_reader"
    reader_password: Annotated[str, says("Password of the reading user.", secret=True)] = ""
    memory_mb: Annotated[
        int, says("Memory bound of the embedded engine; caches and inserts follow from it.", ge=256)
    ] = 1024
    fsync: Annotated[
        bool,
        says("The embedded engine writes through to the disk before it acknowledges: survives a power cut."),
    ] = False
    cluster: Annotated[
        str, says("Name of the cluster, for replicated and distributed tables; empty for one node.")
    ] = ""


class Warehouse(Section, frozen=True):
    """What one statement to ClickHouse may cost, and how many run at once."""

    connections: Annotated[
        Count, says("Connections that one process keeps for writing, and as many again for reading.")
    ] = 8
    connect_seconds: Annotated[Count, says("Time to connect, and to wait for a free connection.")] = 5
    read_seconds: Annotated[Count, says("Longest that a question may run.")] = 30
    read_memory_mb: Annotated[Count, says("Most memory that a question may take.")] = 400
    read_scan_mb: Annotated[Count, says("Most data that a question may read.")] = 50_000
    read_answer_mb: Annotated[Count, says("Largest answer to a question.")] = 256
    write_seconds: Annotated[
        Count, says("Longest that an insert may run; settling waits for it (see CA_AGGREGATION_*).")
    ] = 60
    write_memory_mb: Annotated[Count, says("Most memory that an insert or a recompute may take.")] = 700
