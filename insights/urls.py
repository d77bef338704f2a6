"""The routes of insights."""

from django.urls import path

from insights.api.reaggregate import ReaggregateView

urlpatterns = [
    path("campaigns/<str:name>/reaggregate/", ReaggregateView.as_view(), name="reaggregate"),
]
