"""A mailbox's settings as a form. Secrets go in and never come out."""

from typing import Any

from django import forms
from django.utils import timezone

from triage.ingest.imap import is_loopback
from triage.ingest.models import Mailbox, Security, Source
from triage.lib.model_admin import ModelForm


def _secret_field(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=f"{help_text}Stored encrypted. Empty: the one that was saved is kept.",
    )


class MailboxForm(ModelForm):
    """For the admin."""

    new_secret = _secret_field("Password or refresh token", "")
    new_client_secret = _secret_field("Client secret", "Only for OAuth. ")

    class Meta:
        model = Mailbox
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("source") != Source.IMAP:
            return given
        host = given.get("host") or ""
        if not host:
            self.add_error("host", "An IMAP mailbox needs the name of its server.")
        elif given.get("security") == Security.NONE and not is_loopback(host):
            self.add_error(
                "security",
                "Without encryption only on this machine: the password would cross the network.",
            )
        if not given.get("new_secret") and not self.instance.sealed_secret:
            self.add_error("new_secret", "An IMAP mailbox needs a password or a refresh token.")
        return given

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        if text := self.cleaned_data.get("new_secret"):
            self.instance.secret = text
        if text := self.cleaned_data.get("new_client_secret"):
            self.instance.client_secret = text
        # Whatever kept it from its server may be right now.
        self.instance.fetch_failures, self.instance.fetch_due_at = 0, timezone.now()
        return super().save(commit)
