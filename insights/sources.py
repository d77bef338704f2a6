"""What figures are made of besides the reports of platforms, as marks, rollups and answers name it."""

EVENTS = "events"
TRACKED = "tracked"
