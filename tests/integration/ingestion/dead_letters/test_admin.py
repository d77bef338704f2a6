"""Staff find, read, mend, replay and discard dead letters, and let stopped consumers go on."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import AuditEntry, User
from ingestion.dead_letters.admin.letters import MOST_SHOWN
from ingestion.dead_letters.models import ConsumerStop, DeadLetter, State
from ingestion.dead_letters.reading import readable
from ingestion.dead_letters.replaying import AT_ONCE
from runtime.config import configuration
from tests import people
from tests.integration.ingestion.dead_letters.letters import (
    LOGGED_MS,
    Listener,
    campaign_of_its_own,
    mended,
    metric_payload,
    parked,
)
from tests.integration.ingestion.dead_letters.test_parking import HOSTILE

pytestmark = pytest.mark.django_db

LIST = "/admin/ingestion/deadletter/"


@pytest.fixture
def browser() -> Client:
    return people.staff().browser


def page(letter: DeadLetter, name: str = "change") -> str:
    return f"{LIST}{letter.pk}/{name}/"


def stop() -> ConsumerStop:
    return ConsumerStop.objects.create(why="Too many.", events=10, dead=10, codes={"malformed": 10})


def stop_page(of: ConsumerStop, name: str = "change") -> str:
    return f"/admin/ingestion/consumerstop/{of.pk}/{name}/"


def said(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def state(letter: DeadLetter) -> str:
    return DeadLetter.objects.get(pk=letter.pk).state


def act(browser: Client, action: str, *letters: DeadLetter, **more: str) -> Any:
    chosen = {"action": action, "_selected_action": [letter.pk for letter in letters]}
    return browser.post(LIST, chosen | more, follow=True)


def clerk(*permissions: str) -> Client:
    """Staff who may do this much with dead letters."""
    user = people.new_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    browser = Client()
    browser.force_login(User.objects.get(pk=user.pk))
    return browser


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE)
def test_any_bytes_can_be_looked_at(payload: bytes, browser: Client) -> None:
    letter = parked(payload, key=payload[:100])
    for address in (
        LIST,
        page(letter),
        page(letter, "replay"),
        page(letter, "discard"),
        page(letter, "history"),
    ):
        response = browser.get(address)
        assert response.status_code == 200
        assert b"\0" not in response.content


def test_what_stands_in_a_payload_is_no_markup(browser: Client) -> None:
    letter = parked(b'{"kind": "<script>alert(1)</script>"}', reason="<b>bold</b>", field="<i>", key=b"<u>")
    for address in (LIST, page(letter), page(letter, "replay")):
        html = browser.get(address).content.decode()
        assert "<script>alert" not in html
        assert "<b>bold" not in html
        assert "<u>" not in html


def test_the_page_of_a_letter_tells_all_about_it(browser: Client) -> None:
    campaign = campaign_of_its_own()
    letter = parked(mended(campaign), field="payload.clicks", code="min_value")
    html = browser.get(page(letter)).content.decode()
    for told in (letter.place, "min_value", "payload.clicks", "a campaign", str(campaign.workspace_id)):
        assert told in html
    assert f"/admin/campaigns/campaign/{campaign.id}/change/" in html
    assert "&quot;clicks&quot;: 3" in html


def test_a_campaign_of_another_workspace_is_no_link(browser: Client) -> None:
    ours, theirs = campaign_of_its_own(), campaign_of_its_own()
    letter = parked(mended(ours).replace(str(ours.id).encode(), str(theirs.id).encode()))
    assert f"/admin/campaigns/campaign/{theirs.id}/" not in browser.get(page(letter)).content.decode()


def test_a_long_payload_is_shown_in_part_and_edited_whole(browser: Client) -> None:
    letter = parked(b"x" * 900_000 + b"end")
    shown = browser.get(page(letter)).content.decode()
    assert "900,003 bytes in all" in shown
    assert len(shown) < MOST_SHOWN + 100_000
    assert "xend" in browser.get(page(letter, "replay")).content.decode()


def test_numbers_are_shown_as_they_stand_there() -> None:
    assert readable(b'{"spend":1.10000000000000000001}') == '{\n  "spend": 1.10000000000000000001\n}'


@pytest.mark.parametrize(
    "words", ["metric-events/0/{0}", "{0}", "strange reason", "payload.strange", "strange_code"]
)
def test_a_letter_is_found_by_place_and_by_reason(words: str, browser: Client) -> None:
    letter = parked(code="strange_code", field="payload.strange", reason="a strange reason")
    parked()
    response = browser.get(LIST, {"q": words.format(letter.position)})
    assert list(response.context["cl"].result_list) == [letter]


@pytest.mark.parametrize(
    "chosen",
    [
        {"state__exact": "discarded"},
        {"code": "strange_code"},
        {"kind__exact": "metric"},
        {"topic__exact": "interactions"},
        {"logged_at__year": "2026", "logged_at__month": "12"},
    ],
)
def test_a_letter_is_found_by_filters(chosen: dict[str, str], browser: Client) -> None:
    letter = parked(
        metric_payload(), code="strange_code", topic="interactions", logged_ms=LOGGED_MS + 30 * 86_400_000
    )
    DeadLetter.objects.filter(pk=letter.pk).update(state=State.DISCARDED, note="a note")
    parked()
    response = browser.get(LIST, chosen)
    assert list(response.context["cl"].result_list) == [letter]


def test_the_list_reads_no_payload(browser: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(20):
        parked(b"x" * 1000)
    with django_assert_max_num_queries(12) as queries:
        browser.get(LIST)
    assert not [query for query in queries.captured_queries if '"payload"' in query["sql"]]


def test_a_letter_is_mended_and_replayed(browser: Client, listener: Listener) -> None:
    letter = parked(b'{"kind": "metric"}')
    payload = mended()
    response = browser.post(page(letter, "replay"), {"payload": readable(payload)}, follow=True)
    assert "is on the log again" in said(response)
    [record] = listener.heard(1)
    assert record.value == payload
    entry = AuditEntry.objects.get_for_object(letter).latest("id")
    assert entry.changes["state"] == ["waiting", "replayed"]
    assert entry.actor_email == DeadLetter.objects.get(pk=letter.pk).changed_by


def test_left_alone_it_is_replayed_as_it_lay(browser: Client) -> None:
    letter = parked(mended())
    initial = browser.get(page(letter, "replay")).context["form"]["payload"].value()
    browser.post(page(letter, "replay"), {"payload": initial.replace("\n", "\r\n")})
    after = DeadLetter.objects.get(pk=letter.pk)
    assert (after.state, after.replayed_payload) == (State.REPLAYED, None)


def test_what_is_still_broken_is_told_and_the_work_is_not_lost(browser: Client) -> None:
    letter = parked()
    typed = readable(mended().replace(b'"clicks":3', b'"clicks":-3'))
    response = browser.post(page(letter, "replay"), {"payload": typed})
    html = response.content.decode()
    assert response.status_code == 200
    assert "Still refused (min_value): payload.clicks" in html
    assert "&quot;clicks&quot;: -3" in html
    assert state(letter) == State.WAITING


def test_a_letter_that_somebody_else_replayed_is_not_replayed_again(browser: Client) -> None:
    letter = parked(mended())
    DeadLetter.objects.filter(pk=letter.pk).update(state=State.REPLAYED)
    response = browser.post(page(letter, "replay"), {"payload": readable(mended())}, follow=True)
    assert "Somebody has replayed or discarded" in said(response)


def test_a_letter_is_discarded_with_a_note_and_never_without(browser: Client) -> None:
    letter = parked()
    assert "This field is required" in browser.post(page(letter, "discard"), {"note": " "}).content.decode()
    assert state(letter) == State.WAITING
    browser.post(page(letter, "discard"), {"note": "their test"})
    after = DeadLetter.objects.get(pk=letter.pk)
    assert (after.state, after.note) == (State.DISCARDED, "their test")


def test_opening_a_page_changes_nothing(browser: Client) -> None:
    letter, standing = parked(mended()), stop()
    for address in (page(letter, "replay"), page(letter, "discard"), stop_page(standing, "acknowledge")):
        browser.get(address)
    standing.refresh_from_db()
    assert (state(letter), standing.acknowledged_at) == (State.WAITING, None)


def test_many_are_replayed_and_the_page_says_what_became_of_them(browser: Client) -> None:
    good, broken = parked(mended()), parked(b"broken")
    response = act(browser, "replay_selected", good, broken)
    assert "1 put on the log again." in said(response)
    assert "1 still refused and unchanged (malformed 1)." in said(response)
    assert (state(good), state(broken)) == (State.REPLAYED, State.WAITING)


@pytest.fixture
def two_at_once(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("CA_DEAD_LETTERS_MOST_AT_ONCE", "2")
    configuration.cache_clear()
    yield
    monkeypatch.undo()
    configuration.cache_clear()


@pytest.mark.usefixtures("two_at_once")
def test_a_run_has_a_maximum_and_says_what_it_left(browser: Client) -> None:
    campaign = campaign_of_its_own()
    letters = [
        parked(mended(campaign, event_id=f"e-{index}"), logged_ms=LOGGED_MS + index) for index in range(3)
    ]
    response = act(browser, "replay_selected", *letters)
    assert "2 put on the log again. 1 of those selected are waiting now." in said(response)
    assert [state(letter) for letter in letters] == ["replayed", "replayed", "waiting"]


def test_all_that_a_filter_found_are_discarded_after_a_note(browser: Client) -> None:
    letters = [parked() for _ in range(AT_ONCE + 5)]
    asked = act(browser, "discard_selected", letters[0], select_across="1")
    html = asked.content.decode()
    assert f"never be counted: {AT_ONCE + 5}." in html
    assert 'name="select_across" value="1"' in html
    assert "This field is required" not in html
    confirmed = {"select_across": "1", "confirmed": "yes"}
    assert (
        "This field is required" in act(browser, "discard_selected", letters[0], **confirmed).content.decode()
    )
    done = act(browser, "discard_selected", letters[0], note="their test", **confirmed)
    assert f"{AT_ONCE + 5} discarded." in said(done)
    assert set(DeadLetter.objects.values_list("state", "note")) == {("discarded", "their test")}


def test_who_may_only_look_can_change_nothing() -> None:
    reader = clerk("view_deadletter", "view_consumerstop")
    letter, standing = parked(mended()), stop()
    assert reader.get(page(letter)).status_code == 200
    for address in (page(letter, "replay"), page(letter, "discard"), stop_page(standing, "acknowledge")):
        assert reader.post(address, {"payload": "{}", "note": "x"}).status_code == 403
    act(reader, "replay_selected", letter)
    act(reader, "discard_selected", letter, note="x", confirmed="yes")
    assert state(letter) == State.WAITING
    assert "Edit and replay" not in reader.get(page(letter)).content.decode()


def test_who_may_nothing_sees_nothing() -> None:
    letter = parked()
    nobody = clerk()
    for address in (LIST, page(letter), page(letter, "replay"), page(letter, "discard")):
        assert nobody.get(address).status_code == 403


def test_nobody_adds_edits_or_deletes_a_letter(browser: Client) -> None:
    letter = parked()
    assert browser.get(f"{LIST}add/").status_code == 403
    assert browser.post(page(letter, "delete"), {"post": "yes"}).status_code == 403
    assert browser.post(page(letter), {"code": "changed"}).status_code == 403


def test_a_stop_is_read_and_acknowledged_once(browser: Client) -> None:
    standing = stop()
    html = browser.get(stop_page(standing)).content.decode()
    assert "Too many." in html
    assert "malformed: 10" in html
    first = browser.post(stop_page(standing, "acknowledge"), follow=True)
    assert "Acknowledged." in said(first)
    standing.refresh_from_db()
    assert standing.acknowledged_at is not None
    again = browser.post(stop_page(standing, "acknowledge"), follow=True)
    assert "Somebody had acknowledged it before." in said(again)
    assert AuditEntry.objects.get_for_object(standing).filter(action=AuditEntry.Action.UPDATE).count() == 1


@pytest.mark.parametrize("name", ["abc", "9" * 30, "0"])
@pytest.mark.parametrize(
    "path", ["deadletter/{}/replay/", "deadletter/{}/discard/", "consumerstop/{}/acknowledge/"]
)
def test_what_is_no_id_is_not_found(browser: Client, path: str, name: str) -> None:
    assert browser.get("/admin/ingestion/" + path.format(name)).status_code == 404
