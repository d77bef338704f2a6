"""The routes of insights."""
