"""Figures by minute, quarter of an hour and day, always recomputed from the raw rows."""
