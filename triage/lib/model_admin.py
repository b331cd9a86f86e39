"""Admin pages: one to change rows, one only to look at them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin

# Generic for the type checker only: Django's own classes take no parameter at run time.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin = admin.ModelAdmin
    ModelForm = forms.ModelForm
    TabularInline = admin.TabularInline


class ReadOnlyAdmin(ModelAdmin):
    """No adding, changing or deleting, for superusers either: what is on the books stays there."""

    # Counting all rows for "of 1,000,000" would scan them on every page.
    show_full_result_count = False

    def has_add_permission(self, request: Any) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False
