"""The routes of runs."""

from django.urls import path

from runs.api.runs import CancelRunView, RunsView, RunView

urlpatterns = [
    path("runs/", RunsView.as_view(), name="runs"),
    path("runs/<uuid:run_id>/", RunView.as_view(), name="run"),
    path("runs/<uuid:run_id>/cancel/", CancelRunView.as_view(), name="run_cancel"),
]
