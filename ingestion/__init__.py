"""Everything before the raw tables: events, the event log, sources, tracking, the pipeline."""
