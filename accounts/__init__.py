"""People, workspaces and keys: who may do what, and who did what."""
