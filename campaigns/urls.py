"""The routes of campaigns, their grants, and ad accounts."""

from django.urls import path

from campaigns.api.campaigns import CampaignsView, CampaignView
from campaigns.api.connections import ConnectionsView, ConnectionView
from campaigns.api.grants import GrantsView, GrantView

urlpatterns = [
    path("campaigns/", CampaignsView.as_view(), name="campaigns"),
    path("campaigns/<str:name>/", CampaignView.as_view(), name="campaign"),
    path("campaigns/<str:name>/grants/", GrantsView.as_view(), name="grants"),
    path("campaigns/<str:name>/grants/<uuid:grant_id>/", GrantView.as_view(), name="grant"),
    path("connections/", ConnectionsView.as_view(), name="connections"),
    path("connections/<uuid:connection_id>/", ConnectionView.as_view(), name="connection"),
]
