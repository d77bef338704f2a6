"""What every process needs before Django: no Django app is imported here."""
