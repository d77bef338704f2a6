"""Kills the product while it counts, and then counts for itself: `make drill`, and a small one in `make test`."""
