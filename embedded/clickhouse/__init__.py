"""ClickHouse without a server: the chDB engine behind ClickHouse's native protocol, as a process of its own.

How to read it, from the outside inwards: `process` is what the supervisor knows, `server` accepts, a
`session` is one client, `protocol` and `blocks` are what travels, `statements` and `settings` close the
gaps between the engine and a server, `engine` is chDB.
"""
