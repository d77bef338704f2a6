"""The doors: routes that take events."""
