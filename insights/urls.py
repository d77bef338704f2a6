"""The routes of insights."""

from django.urls import path

from insights.api.insights import CampaignInsightsView

urlpatterns = [
    path("campaigns/<str:name>/insights/", CampaignInsightsView.as_view(), name="campaign_insights"),
]
