-- Messages of the log that could not be taken: what they held, why, and what a person did about them.
--
-- One row a place on the log, so writing one twice is writing it once. A dead letter is first written with
-- version 0; each later change of its state takes a greater one, which a redelivery can never undo.

CREATE TABLE IF NOT EXISTS dead_letters{{local}} {{on_cluster}}
(
    log           LowCardinality(String) COMMENT 'the topic or stream',
    log_partition UInt16,
    log_position  UInt64 CODEC(Delta, ZSTD),
    version       UInt64 COMMENT '0, then the time of the change in microseconds' CODEC(ZSTD),
    state         Enum8('waiting' = 1, 'replayed' = 2, 'discarded' = 3),
    workspace_id  UUID COMMENT 'all zeros where it could not be read' CODEC(ZSTD),
    kind          LowCardinality(String),
    code          LowCardinality(String),
    reason        String CODEC(ZSTD),
    payload       String COMMENT 'the bytes as they lay on the log' CODEC(ZSTD(3)),
    died_at       DateTime64(6, 'UTC') CODEC(Delta, ZSTD),
    changed_by    String COMMENT 'who replayed or discarded it' CODEC(ZSTD),
    note          String CODEC(ZSTD)
)
ENGINE = {{replicated}}ReplacingMergeTree(version)
ORDER BY (log, log_partition, log_position);

-- cluster only
CREATE TABLE IF NOT EXISTS dead_letters {{on_cluster}} AS dead_letters{{local}}
ENGINE = Distributed('{{cluster}}', currentDatabase(), 'dead_letters{{local}}',
                     cityHash64(log, log_partition));
