"""The routes that take events."""

from django.urls import path

from ingestion.api.events import EventsView

urlpatterns = [path("events/", EventsView.as_view(), name="events")]
