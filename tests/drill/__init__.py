"""Kills the product while it counts, then counts for itself: `make drill`, and a small one in `make test`."""
