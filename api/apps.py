from django.apps import AppConfig
from django.core.signals import request_started


class ApiConfig(AppConfig):
    name = "api"

    def ready(self) -> None:
        from api.database import trust_recent_connections

        request_started.connect(trust_recent_connections)
