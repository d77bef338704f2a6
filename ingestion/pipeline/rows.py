"""From facts to rows of the raw tables, a column at a time."""

from typing import Any

from ingestion.events.envelope import Interaction, MetricEvent, Slice
from ingestion.pipeline.facts import E, Facts, Reported

Columns = dict[str, list[Any]]

CLICK_IDS = ("gclid", "gbraid", "wbraid", "fbclid", "ttclid", "li_fat_id", "msclkid")
UTM = ("source", "medium", "campaign", "term", "content", "id")
_UTM_FIELDS = [(name, f"utm_{name}") for name in UTM]
_CLICK_ID_FIELDS = [(name, name) for name in CLICK_IDS]


def metric_rows(facts: Facts[MetricEvent]) -> Columns:
    payloads = [event.payload for event in facts.events]
    return _common(facts) | {
        "region": [payload.region for payload in payloads],
        "device": [payload.device for payload in payloads],
        "impressions": [payload.impressions for payload in payloads],
        "clicks": [payload.clicks for payload in payloads],
        "conversions": [payload.conversions for payload in payloads],
        "spend": [payload.spend for payload in payloads],
        "revenue": [payload.revenue for payload in payloads],
        "currency": [payload.currency for payload in payloads],
    }


def interaction_rows(facts: Facts[Interaction]) -> Columns:
    payloads = [event.payload for event in facts.events]
    return _common(facts) | {
        "kind": [event.kind for event in facts.events],
        "source": [payload.source for payload in payloads],
        "visitor_hash": [int(payload.visitor or "0", 16) for payload in payloads],
        "click_ids": [_named(payload, _CLICK_ID_FIELDS) for payload in payloads],
        "clicked_event_id": [payload.click_id for payload in payloads],
        "conversion_type": [payload.type for payload in payloads],
        "value": [payload.value for payload in payloads],
        "currency": [payload.currency for payload in payloads],
        "region": [payload.region for payload in payloads],
        "device": [payload.device for payload in payloads],
        "utm": [_named(payload, _UTM_FIELDS) for payload in payloads],
        "referrer": [payload.referrer for payload in payloads],
        "consent": [payload.consent for payload in payloads],
    }


def snapshot_rows(reported: list[Reported]) -> Columns:
    return _report(reported) | {
        "timezone": [one.snapshot.payload.timezone for one in reported],
        "slices": [len(one.snapshot.payload.slices) for one in reported],
        "received_at": [one.snapshot.received_at for one in reported],
        "log_partition": [one.record.partition.number for one in reported],
        "log_position": [one.record.position for one in reported],
    }


def slice_rows(reported: list[Reported]) -> Columns:
    """A row for each slice; no order between them matters."""
    parts = [(one, part) for one in reported for part in one.snapshot.payload.slices]
    slices: list[Slice] = [part for _, part in parts]
    return _report([one for one, _ in parts]) | {
        "region": [part.region for part in slices],
        "device": [part.device for part in slices],
        "impressions": [part.impressions for part in slices],
        "clicks": [part.clicks for part in slices],
        "conversions": [part.conversions for part in slices],
        "spend": [part.spend for part in slices],
        "revenue": [part.revenue for part in slices],
        "currency": [one.snapshot.payload.currency for one, _ in parts],
    }


def _common(facts: Facts[E]) -> Columns:
    events, records = facts.events, facts.records
    return {
        "workspace_id": [event.workspace_id for event in events],
        "campaign_id": [event.campaign_id for event in events],
        "occurred_at": facts.moments,
        "event_id_as_sent": [event.event_id for event in events],
        "version": facts.versions,
        "platform": [event.platform for event in events],
        "log_partition": [record.partition.number for record in records],
        "log_position": [record.position for record in records],
    }


def _report(reported: list[Reported]) -> Columns:
    snapshots = [one.snapshot for one in reported]
    return {
        "workspace_id": [snapshot.workspace_id for snapshot in snapshots],
        "platform": [snapshot.platform for snapshot in snapshots],
        "external_account_id": [snapshot.payload.account_id for snapshot in snapshots],
        "report": [snapshot.payload.report for snapshot in snapshots],
        "external_campaign_id": [snapshot.payload.external_campaign_id for snapshot in snapshots],
        "bucket": [one.span.bucket for one in reported],
        "version": [one.version for one in reported],
        "campaign_id": [snapshot.campaign_id for snapshot in snapshots],
        "starts_at": [one.span.starts_at for one in reported],
        "ends_at": [one.span.ends_at for one in reported],
    }


def _named(payload: Any, fields: list[tuple[str, str]]) -> dict[str, str]:
    return {name: value for name, field in fields if (value := getattr(payload, field))}
