"""The app of campaigns and ad accounts; what of it the audit trail follows."""

from django.apps import AppConfig

NOISE = ["version", "updated_at"]


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from auditlog.registry import auditlog

        from campaigns.models import Campaign, CampaignGrant, Connection

        auditlog.register(Campaign, exclude_fields=NOISE)
        auditlog.register(Connection, exclude_fields=[*NOISE, "encrypted_credentials"])
        auditlog.register(CampaignGrant)
