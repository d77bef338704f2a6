"""Commands as they go over the wire: the client library takes three times as long about XADD."""

from ingestion.eventlog.base import Entry


def known(partitions: str, topic: str, count: int) -> bytes:
    """HSETNX: says how many partitions the topic has, where that is not said yet."""
    parts = (b"HSETNX", partitions.encode(), topic.encode(), b"%d" % count)
    return b"*4\r\n" + b"".join(b"$%d\r\n%b\r\n" % (len(part), part) for part in parts)


def begun(stream: str) -> bytes:
    """The command up to the key of its entry; the server makes the entry's id."""
    name = stream.encode()
    return b"*7\r\n$4\r\nXADD\r\n$%d\r\n%b\r\n$1\r\n*\r\n$1\r\nk\r\n" % (len(name), name)


def finished(begin: bytes, entry: Entry) -> bytes:
    key, value = entry
    return b"%b$%d\r\n%b\r\n$1\r\nv\r\n$%d\r\n%b\r\n" % (begin, len(key), key, len(value), value)
