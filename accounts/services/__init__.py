"""Every write of accounts, one module a noun; each function is one transaction."""
