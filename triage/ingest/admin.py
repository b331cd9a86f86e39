"""Where mail comes in, and every arrival. Raw bytes are kept out of these pages."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet

from triage.ingest.forms import MailboxForm
from triage.ingest.models import Copy, Delivery, Folder, Heartbeat, Mailbox
from triage.lib.model_admin import ModelAdmin, ReadOnlyAdmin, TabularInline


class FolderInline(TabularInline):
    """Which folders are read; INBOX when none is named."""

    model = Folder
    extra = 0
    fields = ("name", "high_water", "server_count", "passed_at", "error")
    readonly_fields = ("high_water", "server_count", "passed_at", "error")


@admin.register(Mailbox)
class MailboxAdmin(ModelAdmin):
    form = MailboxForm
    inlines = (FolderInline,)
    list_display = ("address", "name", "source", "fetched_at", "fetch_error", "created_at")
    list_filter = ("source",)
    search_fields = ("address", "name")
    readonly_fields = ("inbound_address", "created_at", "fetched_at", "fetch_error")
    fieldsets = (
        (None, {"fields": ("address", "name", "source", "created_at")}),
        ("Posted mail", {"fields": ("inbound_address", "token_version")}),
        (
            "IMAP",
            {
                "fields": (
                    ("host", "port", "security"),
                    ("authentication", "username"),
                    "new_secret",
                    ("client_id", "new_client_secret"),
                    ("handling", "category_folders"),
                    ("fetched_at", "fetch_error"),
                )
            },
        ),
    )

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


@admin.register(Folder)
class FolderAdmin(ReadOnlyAdmin):
    list_display = ("mailbox", "name", "high_water", "server_count", "passed_at", "error")
    list_filter = ("mailbox",)
    list_select_related = ("mailbox",)
    search_fields = ("name",)


@admin.register(Copy)
class CopyAdmin(ReadOnlyAdmin):
    list_display = ("folder", "uid", "moved_to", "handled_as", "handled_at", "delivery")
    list_filter = ("handled_at",)
    search_fields = ("=uid", "=delivery__id")

    def get_queryset(self, request: Any) -> QuerySet[Copy]:
        # As with deliveries: their names are shown, not their mails, in the list and on the page.
        copies = super().get_queryset(request).select_related("folder__mailbox", "delivery")
        return copies.defer("delivery__raw")


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("name", "at")
    list_filter = ("at",)
    search_fields = ("name",)
