-- When each source last delivered something of a campaign: a row a source, so that nobody looks through raw rows.
--
-- The greatest `received_at` stands, whatever is delivered again, or later, or in which order.

CREATE TABLE IF NOT EXISTS last_received{{local}} {{on_cluster}}
(
    workspace_id UUID,
    campaign_id  UUID,
    source       LowCardinality(String) COMMENT 'events, tracked, or the name of the report',
    received_at  DateTime64(6, 'UTC') CODEC(Delta, ZSTD)
)
ENGINE = {{replicated}}ReplacingMergeTree(received_at)
ORDER BY (workspace_id, campaign_id, source);

-- cluster only
CREATE TABLE IF NOT EXISTS last_received {{on_cluster}} AS last_received{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'last_received{{local}}', cityHash64(campaign_id));

CREATE MATERIALIZED VIEW IF NOT EXISTS metric_events_received {{on_cluster}} TO last_received AS
SELECT workspace_id, campaign_id, 'events' AS source, max(metric_events{{local}}.received_at) AS received_at
FROM metric_events{{local}}
GROUP BY workspace_id, campaign_id;

CREATE MATERIALIZED VIEW IF NOT EXISTS interactions_received {{on_cluster}} TO last_received AS
SELECT workspace_id, campaign_id, 'tracked' AS source, max(interactions{{local}}.received_at) AS received_at
FROM interactions{{local}}
GROUP BY workspace_id, campaign_id;

CREATE MATERIALIZED VIEW IF NOT EXISTS snapshots_received {{on_cluster}} TO last_received AS
SELECT workspace_id, campaign_id, report AS source, max(snapshots{{local}}.received_at) AS received_at
FROM snapshots{{local}}
GROUP BY workspace_id, campaign_id, source;

-- What lies there already, while the views take what comes meanwhile.

INSERT INTO last_received (workspace_id, campaign_id, source, received_at)
SELECT workspace_id, campaign_id, 'events', max(received_at)
FROM metric_events
GROUP BY workspace_id, campaign_id
SETTINGS max_execution_time = 0;

INSERT INTO last_received (workspace_id, campaign_id, source, received_at)
SELECT workspace_id, campaign_id, 'tracked', max(received_at)
FROM interactions
GROUP BY workspace_id, campaign_id
SETTINGS max_execution_time = 0;

INSERT INTO last_received (workspace_id, campaign_id, source, received_at)
SELECT workspace_id, campaign_id, report, max(received_at)
FROM snapshots
GROUP BY workspace_id, campaign_id, report
SETTINGS max_execution_time = 0;

-- Reports whose raw rows were dropped since: they came no earlier than what they tell of, be it a day that
-- begins early in the east.

INSERT INTO last_received (workspace_id, campaign_id, source, received_at)
SELECT workspace_id, campaign_id, source, toDateTime64(max(bucket), 6, 'UTC')
FROM rollup_15min
WHERE source NOT IN ('events', 'tracked')
GROUP BY workspace_id, campaign_id, source
SETTINGS max_execution_time = 0;

INSERT INTO last_received (workspace_id, campaign_id, source, received_at)
SELECT workspace_id, campaign_id, source, toDateTime64(max(bucket) - 1, 6, 'UTC')
FROM rollup_day
WHERE source NOT IN ('events', 'tracked')
GROUP BY workspace_id, campaign_id, source
SETTINGS max_execution_time = 0;
