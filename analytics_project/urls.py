"""Every route of the product. All end in a slash; api.middleware answers the other form."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from accounts.attempts import guarded, guarded_by_password
from accounts.password_pages import own_password
from analytics_project.probes import HealthView, LiveView, MetricsView, ReadyView
from api.admin_pages import no_page_elsewhere
from ingestion.api.schemas import EventSchemaView

admin.autodiscover()

urlpatterns: list[URLResolver | URLPattern] = [
    path("", RedirectView.as_view(pattern_name="docs")),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/login/", guarded(admin.site.login)),
    path("admin/password_change/", admin.site.admin_view(guarded_by_password(own_password), cacheable=True)),
    path("admin/r/<path:content_type_id>/<path:object_id>/", admin.site.admin_view(no_page_elsewhere)),
    path("admin/", admin.site.urls),
    path("api/", include("api.urls")),
    path("api/schemas/events/<str:file>/", EventSchemaView.as_view(), name="event_schema"),
    path("", include("accounts.urls")),
    path("api/v1/", include("campaigns.urls")),
    path("api/v1/", include("ingestion.urls")),
    path("api/v1/", include("runs.urls")),
    path("api/v1/", include("insights.urls")),
    path("health/", HealthView.as_view(), name="health"),
    path("health/live/", LiveView.as_view(), name="health_live"),
    path("health/ready/", ReadyView.as_view(), name="health_ready"),
    path("metrics/", MetricsView.as_view(), name="metrics"),
]

handler400 = "api.views.bad_request"
handler403 = "api.views.forbidden"
handler404 = "api.views.not_found"
handler500 = "api.views.server_error"
