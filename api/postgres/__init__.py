"""The database engine that `settings.DATABASES` names: Django's own, with an end to waiting."""
