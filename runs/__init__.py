"""Long work that somebody asked for, and how far it is."""
