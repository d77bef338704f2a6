-- How far the consumers have brought each partition of the log into the raw tables.
--
-- A row says: every event that was logged in this partition before `through` lay in the raw tables at
-- `written_at`. A consumer that has caught up writes rows for its idle partitions, too.

CREATE TABLE IF NOT EXISTS log_progress{{local}} {{on_cluster}}
(
    log           LowCardinality(String) COMMENT 'the topic or stream',
    log_partition UInt16,
    through       DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    written_at    DateTime64(6, 'UTC') DEFAULT now64(6) CODEC(Delta, ZSTD)
)
ENGINE = {{replicated}}ReplacingMergeTree(written_at)
ORDER BY (log, log_partition, toStartOfMinute(written_at))
TTL toDateTime(written_at) + INTERVAL 1 DAY;

-- cluster only
CREATE TABLE IF NOT EXISTS log_progress {{on_cluster}} AS log_progress{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'log_progress{{local}}', cityHash64(log, log_partition));
