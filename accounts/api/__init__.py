"""The routes of accounts: a view checks its input, calls one service or selector, and shapes the answer."""
