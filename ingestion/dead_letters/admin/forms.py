"""The forms of work on dead letters."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget

from ingestion.dead_letters.models import DeadLetter
from ingestion.dead_letters.reading import readable

MONOSPACE = "font-family: monospace"


class ReplayForm(forms.Form):
    """The payload as a person reads it. Left alone, the letter goes to the log as it lay there."""

    payload = forms.CharField(
        strip=False,
        widget=UnfoldAdminTextareaWidget({"rows": 24, "spellcheck": "false", "style": MONOSPACE}),
        help_text="JSON. It is checked by the same rules as when it died.",
    )

    def __init__(self, letter: DeadLetter, sent: Any) -> None:
        self._as_it_lay = readable(bytes(letter.payload))
        super().__init__(sent, initial={"payload": self._as_it_lay})

    @property
    def edited_payload(self) -> bytes | None:
        text = self.cleaned_data["payload"].replace("\r\n", "\n")
        return None if text == self._as_it_lay.replace("\r\n", "\n") else text.encode()


class DiscardForm(forms.Form):
    note = forms.CharField(
        widget=UnfoldAdminTextareaWidget({"rows": 3}),
        help_text="Why nobody needs it: the letter stays, and the note with it.",
    )


class NothingToSay(forms.Form):
    """Of a page that only wants to be sure."""
