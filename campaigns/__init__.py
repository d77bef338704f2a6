"""Campaigns, budgets and the ad accounts they run in: relational truth."""
