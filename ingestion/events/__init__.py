"""Events: as they are sent, as they stand on the log, and when two are the same fact. No clock is read."""
