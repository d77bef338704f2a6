"""The admin pages of accounts, for operations staff. No page shows a secret, or the hash of one."""

from accounts.admin import keys, people, schedule, trail, workspaces

__all__ = ["keys", "people", "schedule", "trail", "workspaces"]
