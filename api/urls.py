"""The API's own pages: the schema, its reader, and what each problem code means."""

from django.urls import path
from drf_spectacular.views import SpectacularSwaggerSplitView

from api.schema_view import SchemaView
from api.views import ProblemPage

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(template_name="api/docs.html", url_name="schema"),
        name="docs",
    ),
    path("docs/problems/<slug:code>/", ProblemPage.as_view(), name="problem"),
]
