"""A door that keeps what it takes and misbehaves as it is told: for one client at a time."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ingestion.sources.simulated.door import EVENTS

Event = dict[str, Any]
# Which of the events are acknowledged, and what is answered; None is no answer at all.
Answer = tuple[int, dict[str, Any]] | None
Behaviour = Callable[[list[Event]], tuple[list[Event], Answer]]


def accepts(events: list[Event]) -> tuple[list[Event], Answer]:
    return events, (202, {"accepted": len(events), "rejected": []})


def rejects_what_is_negative(events: list[Event]) -> tuple[list[Event], Answer]:
    """For loads whose broken events are all of this kind."""
    rejected = [
        {"index": index, "code": "min_value", "field": "clicks", "message": "…"}
        for index, event in enumerate(events)
        if event.get("clicks", 0) < 0
    ]
    status = 422 if len(rejected) == len(events) else 202
    taken = [event for event in events if event.get("clicks", 0) >= 0]
    return taken, (status, {"accepted": len(taken), "rejected": rejected})


def takes_half_and_tells(events: list[Event]) -> tuple[list[Event], Answer]:
    half = len(events) // 2
    states = ["acknowledged"] * half + ["unknown"] * (len(events) - half)
    told = [{"index": index, "state": state} for index, state in enumerate(states)]
    return events[:half], (503, {"code": "log_unavailable", "events": told})


def takes_all_and_tells_nothing(events: list[Event]) -> tuple[list[Event], Answer]:
    return events, None


def takes_nothing_and_fails(events: list[Event]) -> tuple[list[Event], Answer]:
    return [], (500, {"code": "internal"})


def is_throttled(events: list[Event]) -> tuple[list[Event], Answer]:
    return [], (429, {"code": "throttled"})


def knows_no_key(events: list[Event]) -> tuple[list[Event], Answer]:
    return [], (401, {"code": "not_authenticated"})


class StrangeDoor:
    """Behaves as the next of its behaviours says, in the end as the last one."""

    def __init__(self) -> None:
        self.behaviours: list[Behaviour] = [accepts]
        self.campaigns: list[dict[str, Any]] = []
        self.taken: list[Event] = []
        self.requests: list[list[Event]] = []
        self.url = ""

    def receive(self, body: bytes) -> Answer:
        events: list[Event] = json.loads(body)["events"]
        self.requests.append(events)
        behave = self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]
        taken, answer = behave(events)
        self.taken += taken
        return answer

    def make_campaign(self, body: bytes) -> Answer:
        number = len(self.campaigns) + 1
        made = {"id": f"made-{number}", "reference": f"cmp-{number}", "currency": "EUR", "objective": None}
        self.campaigns.append(made | json.loads(body))
        return 201, self.campaigns[-1]


@contextmanager
def strange_door() -> Iterator[StrangeDoor]:
    door = StrangeDoor()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._say(door.receive(body) if self.path == EVENTS else door.make_campaign(body))

        def do_GET(self) -> None:
            self._say((200, {"results": door.campaigns, "next": None}))

        def _say(self, answer: Answer) -> None:
            if answer is None:
                self.close_connection = True
                return
            status, told = answer
            text = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Retry-After", "0.05")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    door.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield door
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
