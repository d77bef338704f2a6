-- Clicks, conversions and impressions: tracked first-hand, or delivered by a lead webhook.
--
-- One row an interaction, with the identity and the `event_id` of 0001. The two tables after it find a
-- person's interactions for attribution. They give candidates and do not decide: an interaction sent again
-- under the same identity with another visitor leaves its old row there, while here the newest stands.

CREATE TABLE IF NOT EXISTS interactions{{local}} {{on_cluster}}
(
    workspace_id     UUID,
    campaign_id      UUID,
    kind             Enum8('click' = 1, 'conversion' = 2, 'impression' = 3),
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
    source           LowCardinality(String),
    visitor_hash     UInt128 COMMENT 'keyed hash of the user id; 0 where none was sent' CODEC(ZSTD),
    click_ids        Map(LowCardinality(String), String) COMMENT 'by name: gclid, fbclid' CODEC(ZSTD),
    clicked_event_id String COMMENT 'the click that a conversion names as its own' CODEC(ZSTD),
    conversion_type  LowCardinality(String),
    value            Nullable(Decimal(18, 6)) CODEC(ZSTD),
    currency         LowCardinality(String),
    region           LowCardinality(String),
    device           LowCardinality(String),
    utm              Map(LowCardinality(String), String) COMMENT 'by name: source, medium' CODEC(ZSTD),
    referrer         String CODEC(ZSTD),
    consent          LowCardinality(String),
    log_partition    UInt16 CODEC(ZSTD),
    log_position     UInt64 CODEC(Delta, T64('bit'), ZSTD),

    CONSTRAINT event_has_an_id CHECK event_text != '' OR event_uuid != toUUIDOrZero('')
)
ENGINE = {{replicated}}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (workspace_id, campaign_id, kind, occurred_at, event_uuid, event_text);

-- cluster only
CREATE TABLE IF NOT EXISTS interactions {{on_cluster}} AS interactions{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'interactions{{local}}',
                     cityHash64(campaign_id));

CREATE TABLE IF NOT EXISTS interactions_by_visitor{{local}} {{on_cluster}}
(
    workspace_id     UUID,
    visitor_hash     UInt128 CODEC(ZSTD),
    occurred_at      DateTime64(3, 'UTC') CODEC(ZSTD),
    campaign_id      UUID CODEC(ZSTD),
    kind             Enum8('click' = 1, 'conversion' = 2, 'impression' = 3),
    event_uuid       UUID CODEC(NONE),
    event_text       String CODEC(ZSTD),
    event_id         String ALIAS if(event_text = '', toString(event_uuid), event_text),
    version          UInt64 CODEC(T64('bit'), ZSTD),
    platform         LowCardinality(String),
    source           LowCardinality(String),
    clicked_event_id String CODEC(ZSTD),
    conversion_type  LowCardinality(String),
    value            Nullable(Decimal(18, 6)) CODEC(ZSTD),
    currency         LowCardinality(String)
)
ENGINE = {{replicated}}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (workspace_id, visitor_hash, occurred_at, campaign_id, kind, event_uuid, event_text);

-- cluster only
CREATE TABLE IF NOT EXISTS interactions_by_visitor {{on_cluster}} AS interactions_by_visitor{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'interactions_by_visitor{{local}}',
                     cityHash64(visitor_hash));

CREATE MATERIALIZED VIEW IF NOT EXISTS interactions_to_visitors {{on_cluster}} TO interactions_by_visitor AS
SELECT workspace_id, visitor_hash, occurred_at, campaign_id, kind, event_uuid, event_text, version, platform,
       source, clicked_event_id, conversion_type, value, currency
FROM interactions{{local}}
WHERE visitor_hash != 0;

CREATE TABLE IF NOT EXISTS interactions_by_click_id{{local}} {{on_cluster}}
(
    workspace_id     UUID,
    click_id_hash    UInt128 COMMENT 'reinterpretAsUInt128(sipHash128(name, click id))' CODEC(ZSTD),
    occurred_at      DateTime64(3, 'UTC') CODEC(ZSTD),
    campaign_id      UUID CODEC(ZSTD),
    kind             Enum8('click' = 1, 'conversion' = 2, 'impression' = 3),
    event_uuid       UUID CODEC(NONE),
    event_text       String CODEC(ZSTD),
    event_id         String ALIAS if(event_text = '', toString(event_uuid), event_text),
    version          UInt64 CODEC(T64('bit'), ZSTD),
    visitor_hash     UInt128 CODEC(ZSTD),
    platform         LowCardinality(String),
    source           LowCardinality(String),
    conversion_type  LowCardinality(String),
    value            Nullable(Decimal(18, 6)) CODEC(ZSTD),
    currency         LowCardinality(String)
)
ENGINE = {{replicated}}ReplacingMergeTree(version)
PARTITION BY toYYYYMM(occurred_at)
ORDER BY (workspace_id, click_id_hash, occurred_at, campaign_id, kind, event_uuid, event_text);

-- cluster only
CREATE TABLE IF NOT EXISTS interactions_by_click_id {{on_cluster}} AS interactions_by_click_id{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'interactions_by_click_id{{local}}',
                     cityHash64(click_id_hash));

CREATE MATERIALIZED VIEW IF NOT EXISTS interactions_to_click_ids {{on_cluster}} TO interactions_by_click_id AS
SELECT workspace_id, reinterpretAsUInt128(sipHash128(click_id.1, click_id.2)) AS click_id_hash, occurred_at,
       campaign_id, kind, event_uuid, event_text, version, visitor_hash, platform, source, conversion_type,
       value, currency
FROM interactions{{local}}
ARRAY JOIN CAST(click_ids, 'Array(Tuple(String, String))') AS click_id;
