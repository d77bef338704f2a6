"""Dates that sort as text, mean one day everywhere, and fit into a column."""

DATE_FORMAT = "Y-m-d"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "Y-m-d H:i"
