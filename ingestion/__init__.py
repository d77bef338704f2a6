"""Everything before the raw tables: events, sources, doors, the event log, the pipeline, dead letters."""
