"""No secret leaves in a log line, whoever wrote it."""

import pytest

from accounts.keys import API_KEY_START, WRITE_KEY_START
from runtime.telemetry.scrubbing import HIDDEN, scrub_event, scrubbed

# As long as real ones, and the same in every process of a test run.
API_KEY = API_KEY_START + "LxGgtXsmu_g9LA-7o04XU1Q2FRFRTVwrfN2jK80LNTw"
WRITE_KEY = WRITE_KEY_START + "KEOWV4n36kkCPrU69vgdP1iM"


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (f"called with {API_KEY}", API_KEY),
        (f"called with {WRITE_KEY}", WRITE_KEY),
        ("Authorization: Bearer abcdef123456", "abcdef123456"),
        ("bearer eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl", "eyJzdWIiOiIx"),
        ("token eyJhbGciOiJIUzI1.eyJzdWIiOiIx.c2lnbmF0dXJl is old", "eyJzdWIiOiIx"),
        ("cannot connect to redis://:hunter2@localhost:6379/1", "hunter2"),
        ("postgres://user:hunter2@host/db refused", "hunter2"),
        ("GET /api/x/?write_key=hunter2&page=2", "hunter2"),
        ("GET /reset/?token=hunter2", "hunter2"),
        ("{'password': 'hunter2', 'email': 'a@b.c'}", "hunter2"),
        ('{"client_secret":"hunter2"}', "hunter2"),
    ],
)
def test_a_secret_is_taken_out_of_a_text(line: str, secret: str) -> None:
    assert secret not in scrubbed(line)
    assert HIDDEN in scrubbed(line)


@pytest.mark.parametrize(
    "line",
    [
        "GET /api/v1/campaigns/?page=2&platform=meta",
        "3 tasks finished in 0.2 s at http://localhost:8000/health",
        "the monkey=banana campaign",
        "basic facts",
    ],
)
def test_an_ordinary_text_stays_as_it_is(line: str) -> None:
    assert scrubbed(line) == line


@pytest.mark.parametrize("name", ["password", "new_password", "refresh_token", "Cookie", "client_secret"])
def test_a_value_is_hidden_for_its_name(name: str) -> None:
    assert scrub_event(None, "info", {"event": "x", name: "hunter2"}) == {"event": "x", name: HIDDEN}


def test_values_inside_values_are_hidden_too() -> None:
    event = {"event": "x", "body": {"rows": [{"password": "hunter2"}, f"key {API_KEY}"], "n": 1}}
    shown = scrub_event(None, "info", event)
    assert shown["body"] == {"rows": [{"password": HIDDEN}, f"key ca_key_{HIDDEN}"], "n": 1}
