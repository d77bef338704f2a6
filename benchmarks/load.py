"""A load generator in few cycles: keep-alive connections, prebuilt requests, answers checked.

Loopback only, and bounded: it sends a fixed number of requests and stops.
"""

import multiprocessing
import selectors
import socket
import time
from dataclasses import dataclass

RECEIVE_BYTES = 65536


@dataclass(frozen=True)
class Target:
    """One route under load; every answer must have this status."""

    name: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200

    def request(self, host: str) -> bytes:
        lines = [f"GET {self.path} HTTP/1.1", f"Host: {host}", *(f"{k}: {v}" for k, v in self.headers)]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def requests_per_second(target: Target, port: int, requests: int, connections: int) -> float:
    """Measured in a process of its own, so that it shares no interpreter with anything."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_measure, (target, port, requests, connections))


def _measure(target: Target, port: int, requests: int, connections: int) -> float:
    request = target.request(f"127.0.0.1:{port}")
    expected = f"HTTP/1.1 {target.status} ".encode()
    selector = selectors.DefaultSelector()
    sockets = [_connect(port) for _ in range(connections)]
    for each in sockets:
        selector.register(each, selectors.EVENT_READ)
    started = time.perf_counter()
    sent = done = 0
    for each in sockets:
        each.sendall(request)
        sent += 1
    while done < sent:
        for key, _ in selector.select():
            peer: socket.socket = key.fileobj  # type: ignore[assignment]
            _check(_whole_answer(peer), expected)
            done += 1
            if sent < requests:
                peer.sendall(request)
                sent += 1
    elapsed = time.perf_counter() - started
    for each in sockets:
        each.close()
    return done / elapsed


def _connect(port: int) -> socket.socket:
    peer = socket.create_connection(("127.0.0.1", port))
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return peer


def _whole_answer(peer: socket.socket) -> bytes:
    answer = peer.recv(RECEIVE_BYTES)
    while not _is_whole(answer):
        more = peer.recv(RECEIVE_BYTES)
        if not more:
            raise ConnectionError(f"The server hung up: {answer!r}")
        answer += more
    return answer


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    _, found, rest = head.lower().partition(b"content-length:")
    return bool(found) and len(body) >= int(rest.split(b"\r\n", 1)[0])


def _check(answer: bytes, expected: bytes) -> None:
    if not answer.startswith(expected):
        raise AssertionError(f"Not the answer that was asked for: {answer[:300]!r}")
