"""Stops of the consumers: why each happened, and the way to let them go on."""

import json

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action

from ingestion.dead_letters.admin.forms import NothingToSay
from ingestion.dead_letters.admin.pages import WorkedOnAdmin
from ingestion.dead_letters.models import ConsumerStop
from ingestion.dead_letters.stopping import stop_acknowledge


@admin.register(ConsumerStop)
class ConsumerStopAdmin(WorkedOnAdmin):
    list_display = ("__str__", "why", "stopped_at", "acknowledged_at", "acknowledged_by")
    list_filter = ("group", "stopped_at", ("acknowledged_at", admin.EmptyFieldListFilter))
    search_fields = ("why", "group", "acknowledged_by")
    ordering = ("-stopped_at",)
    actions_detail = ("acknowledge",)
    fields = (
        *("group", "stopped_at", "why", "events", "dead", "of_each_code"),
        *("acknowledged_at", "acknowledged_by"),
    )

    @admin.display(description="of each code")
    def of_each_code(self, stop: ConsumerStop) -> str:
        return json.dumps(stop.codes)[1:-1].replace('"', "")

    @action(description="Acknowledge", url_path="acknowledge", permissions=["work"])  # type: ignore[untyped-decorator]
    def acknowledge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        stop: ConsumerStop = self.row(request, object_id)
        if request.method == "POST":
            if stop_acknowledge(stop=stop, by=str(request.user.get_username())):
                messages.success(
                    request, "Acknowledged. Under `make run` the consumer starts again by itself."
                )
            else:
                messages.info(request, "Somebody had acknowledged it before.")
            return HttpResponseRedirect(reverse("admin:ingestion_consumerstop_change", args=[stop.pk]))
        told = f"{stop.why} Once it is acknowledged the consumers of {stop.group} work again."
        form = NothingToSay()
        return self.confirmation(
            request, form, title="Acknowledge", told=told, button="Acknowledge", row=stop
        )
