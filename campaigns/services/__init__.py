"""Everything that may be done to campaigns, ad accounts and grants; each in one transaction."""
