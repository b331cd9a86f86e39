"""Providers by name; each is one small module, loaded when first asked for."""

import os
from importlib import import_module

from django.conf import settings

from triage.llm.contract import Provider

PROVIDERS = {"gemini": "triage.llm.providers.gemini.Gemini"}

_made: dict[tuple[int, str, str], Provider] = {}


def active() -> Provider | None:
    """The provider there is a key for, or None; one client a process, never over a fork."""
    if not settings.GEMINI_API_KEY:
        return None
    identity = (os.getpid(), "gemini", settings.GEMINI_API_KEY)
    if identity not in _made:
        _made.clear()
        module, _, name = PROVIDERS["gemini"].rpartition(".")
        _made[identity] = getattr(import_module(module), name)(settings.GEMINI_API_KEY)
    return _made[identity]
