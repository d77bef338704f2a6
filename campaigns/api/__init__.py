"""The routes of campaigns, ad accounts and grants."""
