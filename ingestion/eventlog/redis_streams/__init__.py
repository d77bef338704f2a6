"""The event log on Redis Streams: a partition is a stream, and a stream is leased to one consumer of a group.

For one server (Redis 6.2 or newer, Valkey), not for a Redis cluster. `server.py` alone imports redis.
"""
