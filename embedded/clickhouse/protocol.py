"""ClickHouse's native protocol at revision 54429: what clients say and what they are answered.

At this revision settings travel as text and columns have no custom serialisation. Newer clients come
down to it by themselves.
"""

import struct
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from embedded.clickhouse import encoding
from embedded.clickhouse.errors import ProtocolError

if TYPE_CHECKING:  # the supervisor greets with this module and has no need of the compiled reader
    from embedded.clickhouse.wire import Incoming

REVISION = 54429
SERVER_NAME = "ClickHouse"

MAX_HELLO_TEXT = 4096
MAX_SETTING_TEXT = 1024 * 1024
MAX_SETTINGS = 1000
MAX_QUERY_TEXT = 256 * 1024 * 1024
BLOCK_INFO_END = 0
BLOCK_INFO_IS_OVERFLOWS = 1
BLOCK_INFO_BUCKET_NUMBER = 2


class FromClient(IntEnum):
    HELLO = 0
    QUERY = 1
    DATA = 2
    CANCEL = 3
    PING = 4


class FromServer(IntEnum):
    HELLO = 0
    DATA = 1
    EXCEPTION = 2
    PROGRESS = 3
    PONG = 4
    END_OF_STREAM = 5
    PROFILE_INFO = 6


class Hello(NamedTuple):
    client: str
    revision: int
    database: str
    user: str
    password: str


class Setting(NamedTuple):
    name: str
    value: str
    important: bool  # an important one must be known, others may be ignored


class Query(NamedTuple):
    settings: tuple[Setting, ...]
    compressed: bool
    text: str


class Progress(NamedTuple):
    rows: int = 0
    bytes: int = 0
    total_rows: int = 0
    written_rows: int = 0
    written_bytes: int = 0

    def since(self, earlier: "Progress") -> "Progress":
        """What came to pass after `earlier`; packets carry differences, the engine tells sums."""
        return Progress(*(max(now - before, 0) for now, before in zip(self, earlier, strict=True)))


def read_hello(incoming: "Incoming") -> Hello:
    client = incoming.text(MAX_HELLO_TEXT)
    _major, _minor, revision = incoming.varint(), incoming.varint(), incoming.varint()
    database, user, password = (incoming.text(MAX_HELLO_TEXT) for _ in range(3))
    return Hello(client, revision, database, user, password)


def read_query(incoming: "Incoming") -> Query:
    incoming.text(MAX_HELLO_TEXT)  # the query's id; the engine gives its own
    _skip_client_info(incoming)
    settings = _read_settings(incoming)
    _stage, compression = incoming.varint(), incoming.varint()
    return Query(settings, bool(compression), incoming.text(MAX_QUERY_TEXT))


def read_data_header(incoming: "Incoming") -> str:
    """What comes before a block: the name of an external table (else empty) and the block's info."""
    table = incoming.text(MAX_HELLO_TEXT)
    while (field := incoming.varint()) != BLOCK_INFO_END:
        if field == BLOCK_INFO_IS_OVERFLOWS:
            incoming.skip(1)
        elif field == BLOCK_INFO_BUCKET_NUMBER:
            incoming.skip(4)
        else:
            raise ProtocolError(f"A block with the unknown info field {field}.")
    return table


def _skip_client_info(incoming: "Incoming") -> None:
    if not incoming.read_one():  # no kind of query, and nothing more is told
        return
    for _ in range(3):  # the user, query id and address that it came from first
        incoming.text(MAX_HELLO_TEXT)
    incoming.read_one()  # interface
    for _ in range(3):  # user of the operating system, host, client
        incoming.text(MAX_HELLO_TEXT)
    for _ in range(3):  # the client's version
        incoming.varint()
    incoming.text(MAX_HELLO_TEXT)  # quota key
    incoming.varint()  # patch version


def _read_settings(incoming: "Incoming") -> tuple[Setting, ...]:
    settings: list[Setting] = []
    while name := incoming.text(MAX_HELLO_TEXT):
        important = bool(incoming.read_one() & 1)
        settings.append(Setting(name, incoming.text(MAX_SETTING_TEXT), important))
        if len(settings) > MAX_SETTINGS:
            raise ProtocolError(f"A query with more than {MAX_SETTINGS} settings.")
    return tuple(settings)


def server_hello(version: str, timezone: str) -> bytes:
    major, minor, patch = (int(part) for part in version.split(".")[:3])
    numbers = b"".join(map(encoding.varint, (major, minor, REVISION)))
    names = encoding.text(timezone) + encoding.text("embedded")
    return (
        encoding.varint(FromServer.HELLO)
        + encoding.text(SERVER_NAME)
        + numbers
        + names
        + encoding.varint(patch)
    )


def client_hello(user: str, password: str) -> bytes:
    """The greeting of our own readiness probe."""
    version = b"".join(map(encoding.varint, (1, 0, REVISION)))
    names = encoding.text("") + encoding.text(user) + encoding.text(password)
    return encoding.varint(FromClient.HELLO) + encoding.text("readiness probe") + version + names


def exception(code: int, message: str) -> bytes:
    texts = encoding.text("DB::Exception") + encoding.text(f"DB::Exception: {message}") + encoding.text("")
    return encoding.varint(FromServer.EXCEPTION) + struct.pack("<i", code) + texts + b"\0"


def progress(step: Progress) -> bytes:
    return encoding.varint(FromServer.PROGRESS) + b"".join(map(encoding.varint, step))


def profile_info(rows: int, blocks: int, size: int) -> bytes:
    """How much was answered; nothing is said about rows before a LIMIT."""
    counts = b"".join(map(encoding.varint, (rows, blocks, size)))
    return encoding.varint(FromServer.PROFILE_INFO) + counts + b"\0" + encoding.varint(0) + b"\0"


PONG = encoding.varint(FromServer.PONG)
END_OF_STREAM = encoding.varint(FromServer.END_OF_STREAM)
# Before every block: no table name; not an overflow, no bucket, end of the block's info.
DATA = encoding.varint(FromServer.DATA) + encoding.text("") + b"\x01\x00\x02\xff\xff\xff\xff\x00"
