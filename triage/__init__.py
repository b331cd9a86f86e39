"""Triage: an email triage desk."""

__version__ = "0.1.0"
