"""Where mail comes in, and every arrival. Raw bytes are kept out of these pages."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet

from triage.ingest.models import Delivery, Heartbeat, Mailbox
from triage.lib.model_admin import ModelAdmin, ReadOnlyAdmin


@admin.register(Mailbox)
class MailboxAdmin(ModelAdmin):
    list_display = ("address", "name", "source", "created_at")
    list_filter = ("source",)
    search_fields = ("address", "name")
    readonly_fields = ("inbound_address", "created_at")
    fields = ("address", "name", "source", "inbound_address", "token_version", "created_at")

    @admin.display(description="Inbound address")
    def inbound_address(self, mailbox: Mailbox) -> str:
        """Where mail for it is posted as message/rfc822; whoever knows it can bring mail in."""
        if mailbox.pk is None:
            return "Known once the mailbox is saved."
        return f"{settings.PUBLIC_URL}/inbound/raw/{mailbox.inbound_token}/"


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "mailbox", "source", "state", "size", "attempts", "reason")
    list_filter = ("state", "source", "mailbox", "received_at")
    list_select_related = ("mailbox",)
    search_fields = ("=source_key", "reason")
    exclude = ("raw",)

    def get_queryset(self, request: Any) -> QuerySet[Delivery]:
        # A page of a hundred mails of 50 MB each is no page.
        return super().get_queryset(request).defer("raw")


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("name", "at")
    list_filter = ("at",)
    search_fields = ("name",)
