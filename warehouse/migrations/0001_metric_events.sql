-- Additive increments that any source pushes: impressions, clicks, conversions, spend, revenue.
--
-- One row an event. Its identity is the whole sorting key, and the partition follows from the identity, so
-- two deliveries of one event always meet and the greater `version` stands (see warehouse/versions.py).
--
-- An id is inserted as `event_id_as_sent` and read as `event_id`. Between the two, ids in the form of a
-- UUID lie in 16 bytes instead of the 19 that their text would take.

CREATE TABLE IF NOT EXISTS metric_events{{local}} {{on_cluster}}
(
    workspace_id     UUID,
    campaign_id      UUID,
    occurred_at      DateTime64(3, 'UTC') CODEC(Delta, T64('bit'), ZSTD),
    event_id_as_sent String EPHEMERAL,
    event_uuid       UUID DEFAULT if(toString(toUUIDOrZero(event_id_as_sent)) = event_id_as_sent,
                                     toUUIDOrZero(event_id_as_sent), toUUIDOrZero('')) CODEC(NONE),
    event_text       String DEFAULT if(event_uuid = toUUIDOrZero(''), event_id_as_sent, '') CODEC(ZSTD),
    event_id         String ALIAS if(event_text = '', toString(event_uuid), event_text),
    version          UInt64 CODEC(T64('bit'), ZSTD),
    received_at      DateTime64(6, 'UTC') ALIAS fromUnixTimestamp64Micro(
        toUnixTimestamp64Milli(occurred_at) * 1000 + toInt64(bitShiftRight(version, 17)) - 600000000, 'UTC'),
    platform         LowCardinality(String),
    region           LowCardinality(String),
    device           LowCardinality(String),
    impressions      Nullable(UInt64) CODEC(T64, ZSTD),
    clicks           Nullable(UInt64) CODEC(T64, ZSTD),
    conversions      Nullable(Decimal(18, 6)) CODEC(ZSTD),
    spend            Nullable(Decimal(18, 6)) CODEC(ZSTD),
    revenue          Nullable(Decimal(18, 6)) CODEC(ZSTD),
    currency         LowCardinality(String),
    log_partition    UInt16 CODEC(ZSTD),
    log_position     UInt64 CODEC(Delta, T64('bit'), ZSTD),

    CONSTRAINT event_has_an_id CHECK event_text != '' OR event_uuid != toUUIDOrZero('')
)
ENGINE = {{replicated}}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (workspace_id, campaign_id, occurred_at, event_uuid, event_text);

-- cluster only
CREATE TABLE IF NOT EXISTS metric_events {{on_cluster}} AS metric_events{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'metric_events{{local}}',
                     cityHash64(campaign_id));
