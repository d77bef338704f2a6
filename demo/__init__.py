"""The demo workspace: what a newcomer sees, and what a script needs to speak to it."""
