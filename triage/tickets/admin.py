"""Tickets and what belongs to them. Work is done at the desk; this is to look, and to set up."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from triage.lib.model_admin import ModelAdmin, ReadOnlyAdmin
from triage.tickets.models import (
    Attachment,
    Category,
    Event,
    Message,
    Regrouping,
    Requester,
    Ticket,
    TrustedSender,
)
from triage.tickets.models.attachment import Blob


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    """Their names, meanings and thresholds can change; which there are is part of the design."""

    list_display = ("name", "slug", "position", "threshold", "meaning")
    list_filter = ("threshold",)
    search_fields = ("name", "meaning")
    fields = ("name", "slug", "position", "meaning", "threshold")
    readonly_fields = ("slug", "position")

    def has_add_permission(self, request: Any) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(Requester)
class RequesterAdmin(ModelAdmin):
    list_display = ("address", "name", "first_seen_at")
    list_filter = ("first_seen_at",)
    search_fields = ("address", "name")
    readonly_fields = ("address", "first_seen_at")
    show_full_result_count = False

    def has_add_permission(self, request: Any) -> bool:
        return False


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    """Read-only: a change made here would leave no fact in the ticket's history."""

    list_display = (
        "id",
        "subject",
        "requester",
        "category",
        "review_reason",
        "assignee",
        "opened_at",
        "closed_at",
    )
    list_filter = ("category", "review_reason", "mailbox", "auto", "opened_at")
    list_select_related = ("requester", "category", "assignee")
    search_fields = ("=id", "subject", "requester__address")


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "direction", "from_address", "subject", "ticket")
    list_filter = ("direction", "auto", "received_at")
    list_select_related = ("ticket",)
    search_fields = ("=message_id", "from_address", "subject", "=ticket__id")
    # A mail's own HTML is looked at in its ticket, in a sealed frame. The delivery's name would
    # fetch all its raw bytes: its number is enough.
    exclude = ("html", "delivery")
    readonly_fields = ("delivery_number",)

    def get_queryset(self, request: Any) -> QuerySet[Message]:
        return super().get_queryset(request).defer("html", "text")

    @admin.display(description="Delivery")
    def delivery_number(self, message: Message) -> int | None:
        return message.delivery_id


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    list_display = ("id", "filename", "content_type", "size", "inline", "message")
    list_filter = ("inline",)
    list_select_related = ("message",)
    search_fields = ("filename", "=blob__sha256", "=message__ticket__id")
    exclude = ("blob",)
    readonly_fields = ("sha256",)

    def get_queryset(self, request: Any) -> QuerySet[Attachment]:
        return super().get_queryset(request).defer("message__html", "message__text")


@admin.register(Blob)
class BlobAdmin(ReadOnlyAdmin):
    list_display = ("sha256",)
    search_fields = ("=sha256",)
    exclude = ("content",)

    def get_queryset(self, request: Any) -> QuerySet[Blob]:
        return super().get_queryset(request).defer("content")


@admin.register(Regrouping)
class RegroupingAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "source", "target", "by", "undone_at")
    list_filter = ("kind", "at", "undone_at")
    list_select_related = ("source", "target", "by")
    search_fields = ("=source__id", "=target__id")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "ticket", "by")
    list_filter = ("kind", "at")
    list_select_related = ("ticket", "by")
    search_fields = ("=ticket__id",)


@admin.register(TrustedSender)
class TrustedSenderAdmin(ReadOnlyAdmin):
    list_display = ("address", "by", "at", "undone_at", "undone_by")
    list_filter = ("at",)
    list_select_related = ("by", "undone_by")
    search_fields = ("address",)
