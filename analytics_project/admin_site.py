"""What the admin looks like and which pages stand in its sidebar, for staff who run the product."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse, reverse_lazy

from runtime.config import configuration

FAVICON = "api/favicon.svg"
BLUE = {
    "50": "#eff5fd",
    "100": "#dbe8fa",
    "200": "#bdd4f5",
    "300": "#90b7ee",
    "400": "#5d92e3",
    "500": "#3a74d6",
    "600": "#1f5fbf",
    "700": "#1c4f9e",
    "800": "#1b4281",
    "900": "#1a3868",
    "950": "#122445",
}


def favicon(request: HttpRequest) -> str:
    return static(FAVICON)


def environment_badge(request: HttpRequest) -> list[str]:
    """Staff who change something should see where they are."""
    environment = configuration().environment
    return [environment, "danger" if environment == "production" else "info"]


def _rows(title: str, icon: str, model: str) -> dict[str, Any]:
    """A link to the list of a model, shown to whoever may open it."""
    app, _, name = model.partition(".")

    def may_open(request: HttpRequest) -> bool:
        return request.user.has_perm(f"{app}.view_{name}") or request.user.has_perm(f"{app}.change_{name}")

    link = reverse_lazy(f"admin:{app}_{name}_changelist")
    return {"title": title, "icon": icon, "link": link, "permission": may_open}


def _group(title: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "items": list(items)}


NAVIGATION = [
    _group(
        "Advertising",
        _rows("Campaigns", "campaign", "campaigns.campaign"),
        _rows("Ad accounts", "link", "campaigns.connection"),
        _rows("Campaign grants", "visibility", "campaigns.campaigngrant"),
    ),
    _group(
        "People",
        _rows("Workspaces", "domain", "accounts.workspace"),
        _rows("Users", "person", "accounts.user"),
        _rows("Memberships", "group", "accounts.membership"),
        _rows("Invitations", "mail", "accounts.invitation"),
        _rows("Groups", "shield_person", "auth.group"),
    ),
    _group(
        "Programs",
        _rows("API keys", "key", "accounts.apikey"),
        _rows("Write keys", "edit_note", "accounts.writekey"),
        {"title": "API documentation", "icon": "description", "link": reverse_lazy("docs")},
    ),
    _group(
        "Operations",
        _rows("Runs", "progress_activity", "runs.run"),
        _rows("Dead letters", "report", "ingestion.deadletter"),
        _rows("Consumer stops", "front_hand", "ingestion.consumerstop"),
        _rows("Set aside", "block", "insights.setaside"),
        _rows("Audit trail", "history", "accounts.auditentry"),
        _rows("Periodic tasks", "schedule", "django_celery_beat.periodictask"),
        _rows("Crontabs", "calendar_month", "django_celery_beat.crontabschedule"),
    ),
]


def grouped_index(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The first page lists the models in the groups of the sidebar instead of by Django's apps."""
    models = {model["admin_url"]: model for app in context["app_list"] for model in app["models"]}
    groups = [(group["title"], [str(item["link"]) for item in group["items"]]) for group in NAVIGATION]
    listed = [(title, [models[link] for link in links if link in models]) for title, links in groups]
    index = {"app_url": reverse("admin:index")}
    return context | {
        "app_list": [
            {"name": title, "app_label": title.lower(), "models": found, **index}
            for title, found in listed
            if found
        ]
    }


APPEARANCE = {
    "SITE_TITLE": "Campaign Analytics",
    "SITE_HEADER": "Campaign Analytics",
    "SITE_SUBHEADER": "All times in UTC",
    "SITE_SYMBOL": "monitoring",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": favicon}],
    "ENVIRONMENT": environment_badge,
    "DASHBOARD_CALLBACK": "analytics_project.admin_site.grouped_index",
    "COLORS": {"primary": BLUE},
    "SIDEBAR": {"show_search": False, "navigation": NAVIGATION},
}
