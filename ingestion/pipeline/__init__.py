"""From the event log into the raw tables: one step a file, committing last."""
