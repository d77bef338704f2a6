"""What was left out gets its default when the event is accepted, and keeps it."""

import pytest

from tests.sent_events import accepted, accepted_click, accepted_metric, conversion


def test_an_amount_without_a_currency_is_in_the_campaigns() -> None:
    assert accepted_metric(spend="1").payload.currency == "EUR"
    assert accepted_metric(spend="1", currency="JPY").payload.currency == "JPY"


def test_a_row_without_money_has_no_currency() -> None:
    assert accepted_metric(currency="JPY").payload.currency == ""


@pytest.mark.parametrize(
    ("parameter", "platform"),
    [
        ("gclid", "google"),
        ("gbraid", "google"),
        ("wbraid", "google"),
        ("fbclid", "meta"),
        ("ttclid", "tiktok"),
        ("li_fat_id", "linkedin"),
        ("msclkid", "other"),
    ],
)
def test_the_platform_follows_from_the_click_id(parameter: str, platform: str) -> None:
    event = accepted_click(**{parameter: "abc"})
    assert (event.platform, getattr(event.payload, parameter)) == (platform, "abc")


def test_without_a_click_id_the_platform_is_the_campaigns() -> None:
    assert accepted_click().platform == "meta"


def test_what_the_sender_says_of_the_platform_counts() -> None:
    assert accepted_click(gclid="abc", platform="tiktok").platform == "tiktok"


def test_a_conversion_keeps_the_click_that_it_followed() -> None:
    event = accepted(conversion(click_id="c-1", conversion_id="v-1"))
    assert (event.event_id, event.payload.click_id, event.payload.type) == ("v-1", "c-1", "purchase")


def test_a_clicks_own_id_is_not_the_click_before_it() -> None:
    event = accepted_click()
    assert (event.event_id, event.payload.click_id) == ("c-1", "")


@pytest.mark.parametrize(
    ("sent", "kept"), [(True, "granted"), (False, "denied"), ("granted", "granted"), (None, "")]
)
def test_consent_is_kept_in_one_spelling(sent: bool | str | None, kept: str) -> None:
    assert accepted_click(consent=sent).payload.consent == kept
