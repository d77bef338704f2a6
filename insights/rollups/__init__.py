"""Figures by minute, 15 minutes and day: recomputed from the raw rows, never incremented."""
