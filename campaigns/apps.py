"""What happens once when Django starts: which rows are audited."""

from django.apps import AppConfig

NOISE = ("version", "updated_at")


class CampaignsConfig(AppConfig):
    name = "campaigns"

    def ready(self) -> None:
        from accounts.audit import audited
        from campaigns.models import Campaign, CampaignGrant, Connection

        audited(Campaign, exclude=NOISE)
        audited(Connection, exclude=NOISE, hide=["encrypted_credentials"])
        audited(CampaignGrant)
