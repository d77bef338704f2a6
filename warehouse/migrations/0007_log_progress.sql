-- How far the consumers have brought each partition of the log into the raw tables.
--
-- A row says: every event that was logged in this partition before `through` lies in the raw tables. That stays
-- true, so the greatest of a partition stands, whoever wrote it and when. A consumer that has caught up writes
-- rows for its idle partitions, too.

CREATE TABLE IF NOT EXISTS log_progress{{local}} {{on_cluster}}
(
    log           LowCardinality(String) COMMENT 'the topic',
    log_partition UInt16,
    through       DateTime64(3, 'UTC') CODEC(Delta, ZSTD)
)
ENGINE = {{replicated}}ReplacingMergeTree(through)
ORDER BY (log, log_partition);

-- cluster only
CREATE TABLE IF NOT EXISTS log_progress {{on_cluster}} AS log_progress{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'log_progress{{local}}', cityHash64(log, log_partition));
