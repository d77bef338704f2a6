"""The routes of insights."""

from django.urls import path

from insights.api.insights import CampaignInsightsView
from insights.api.reaggregate import ReaggregateView

urlpatterns = [
    path("campaigns/<str:name>/insights/", CampaignInsightsView.as_view(), name="campaign_insights"),
    path("campaigns/<str:name>/reaggregate/", ReaggregateView.as_view(), name="reaggregate"),
]
