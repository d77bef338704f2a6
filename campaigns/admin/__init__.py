"""The pages for operations staff; every change goes through the same services as the API's."""

from campaigns.admin.campaigns import CampaignAdmin
from campaigns.admin.connections import ConnectionAdmin
from campaigns.admin.grants import CampaignGrantAdmin

__all__ = ["CampaignAdmin", "CampaignGrantAdmin", "ConnectionAdmin"]
