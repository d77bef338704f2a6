"""The event log: what was accepted, kept in order until everything behind it has read it."""
