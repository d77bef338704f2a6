"""The routes of campaigns, their grants, and ad accounts."""

from django.urls import path

from campaigns.api.campaigns import CampaignsView, CampaignView

urlpatterns = [
    path("campaigns/", CampaignsView.as_view(), name="campaigns"),
    path("campaigns/<str:name>/", CampaignView.as_view(), name="campaign"),
]
