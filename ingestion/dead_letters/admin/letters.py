"""Dead letters: found by place and reason, read, mended, replayed or given up."""

from django.contrib import admin, messages
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action

from campaigns.models import Campaign
from ingestion.dead_letters.admin.forms import DiscardForm, ReplayForm
from ingestion.dead_letters.admin.outcomes import tell_discarded, tell_replayed
from ingestion.dead_letters.admin.pages import WorkedOnAdmin
from ingestion.dead_letters.discarding import discard_many
from ingestion.dead_letters.models import DeadLetter
from ingestion.dead_letters.reading import readable
from ingestion.dead_letters.replaying import NotWaiting, replay_many, replay_one, waiting
from ingestion.errors import InvalidEvent, TransientFailure
from runtime.config import configuration

BYTES = ("key", "payload", "replayed_payload")
MOST_SHOWN = 100_000
ON_LINES = "white-space: pre-wrap; overflow-wrap: anywhere"
DONE_BEFORE = "Somebody has replayed or discarded this letter, or is just doing so."


@admin.register(DeadLetter)
class DeadLetterAdmin(WorkedOnAdmin):
    list_display = ("place", "code", "field", "kind", "state", "logged_at", "changed_by")
    list_filter = ("state", "code", "kind", "topic", "logged_at")
    date_hierarchy = "logged_at"
    search_fields = ("at_place", "code", "field", "reason", "workspace_id", "campaign_id")
    search_help_text = "Place (topic/partition/position), reason, workspace or campaign"
    ordering = ("-logged_at", "-id")
    actions = ("replay_selected", "discard_selected")
    actions_detail = ("replay", "discard")
    fieldsets = (
        ("Why", {"fields": ("code", "field", "reason")}),
        ("Where", {"fields": ("place", "logged_at", "died_at", "key_text")}),
        ("Whose, as far as it says", {"fields": ("kind", "workspace_id", "campaign")}),
        ("Payload", {"fields": ("payload_text",)}),
        ("What became of it", {"fields": ("state", "changed_at", "changed_by", "note", "replayed_text")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[DeadLetter]:
        place = [Cast(name, CharField()) for name in ("partition", "position")]
        text = Concat("topic", Value("/"), place[0], Value("/"), place[1], output_field=CharField())
        found: QuerySet[DeadLetter] = super().get_queryset(request)
        return found.defer(*BYTES).annotate(at_place=text)

    @admin.display(description="key")
    def key_text(self, letter: DeadLetter) -> str:
        return bytes(letter.key).decode(errors="backslashreplace").replace("\0", "\\x00")

    @admin.display(description="payload")
    def payload_text(self, letter: DeadLetter) -> str:
        return _shown(bytes(letter.payload))

    @admin.display(description="payload that went to the log instead")
    def replayed_text(self, letter: DeadLetter) -> str:
        return "" if letter.replayed_payload is None else _shown(bytes(letter.replayed_payload))

    @admin.display(description="campaign")
    def campaign(self, letter: DeadLetter) -> str:
        """A link, if its workspace has such a campaign."""
        named = {"id": letter.campaign_id, "workspace_id": letter.workspace_id}
        found = Campaign.objects.filter(**named).first() if all(named.values()) else None
        if found is None:
            return str(letter.campaign_id or "")
        page = reverse("admin:campaigns_campaign_change", args=[found.pk])
        return format_html('<a class="text-primary-600" href="{}">{}</a>', page, found)

    @action(description="Edit and replay", url_path="replay", permissions=["work"])  # type: ignore[untyped-decorator]
    def replay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        letter: DeadLetter = self.row(request, object_id)
        form = ReplayForm(letter, request.POST or None)
        if form.is_valid():
            try:
                replay_one(letter.pk, by=_who(request), payload=form.edited_payload)
                messages.success(request, f"{letter} is on the log again.")
                return self._back_to(letter)
            except InvalidEvent as refusal:
                form.add_error("payload", f"Still refused ({refusal.code}): {refusal}")
            except NotWaiting:
                messages.error(request, DONE_BEFORE)
                return self._back_to(letter)
            except TransientFailure as failure:
                messages.error(request, f"{failure} The letter waits on; try again.")
        told = f"It died of {letter.code}: {letter.reason}"
        return self.confirmation(
            request, form, title="Edit and replay", told=told, button="Replay", row=letter
        )

    @action(description="Discard", url_path="discard", permissions=["work"])  # type: ignore[untyped-decorator]
    def discard(self, request: HttpRequest, object_id: str) -> HttpResponse:
        letter: DeadLetter = self.row(request, object_id)
        form = DiscardForm(request.POST or None)
        if form.is_valid():
            if discard_many([letter.pk], by=_who(request), note=form.cleaned_data["note"]):
                messages.success(request, f"{letter} is discarded.")
            else:
                messages.error(request, DONE_BEFORE)
            return self._back_to(letter)
        told = "It will never be counted. It stays here to be read."
        return self.confirmation(request, form, title="Discard", told=told, button="Discard", row=letter)

    @admin.action(description="Replay: put them on the log again", permissions=["work"])
    def replay_selected(self, request: HttpRequest, queryset: QuerySet[DeadLetter]) -> None:
        ids = waiting(queryset, configuration().dead_letters.most_at_once)
        tell_replayed(request, queryset, replay_many(ids, by=_who(request)))

    @admin.action(description="Discard, with a note", permissions=["work"])
    def discard_selected(self, request: HttpRequest, queryset: QuerySet[DeadLetter]) -> HttpResponse | None:
        ids = waiting(queryset, configuration().dead_letters.most_at_once)
        form = DiscardForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            tell_discarded(
                request, queryset, discard_many(ids, by=_who(request), note=form.cleaned_data["note"])
            )
            return None
        told = f"Letters that will never be counted: {len(ids):,}. They stay here to be read."
        return self.confirmation(request, form, title="Discard", told=told, button="Discard")

    def _back_to(self, letter: DeadLetter) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:ingestion_deadletter_change", args=[letter.pk]))


def _who(request: HttpRequest) -> str:
    return str(request.user.get_username())


def _shown(payload: bytes) -> str:
    """Escaped, on lines of its own, and not so long that a browser stands still."""
    text = readable(payload)
    more = f"\n… {len(payload):,} bytes in all" if len(text) > MOST_SHOWN else ""
    return format_html('<pre style="{}">{}{}</pre>', ON_LINES, text[:MOST_SHOWN], more)
