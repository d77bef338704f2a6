"""Everything after the raw tables: rollups, questions and their answers."""
