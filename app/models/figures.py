"""Figures that were computed, kept for whoever asks next."""

from __future__ import annotations

from mongoengine import DateTimeField, DictField, StringField

from app.models.base import TenantDocument


class KeptFigures(TenantDocument):
    """One computation. It holds numbers and ids, and nothing of any person."""

    meta = {"collection": "kept_figures"}
    name = StringField(required=True)
    """What was computed; unique within the tenant."""
    figures = DictField()
    computed_at = DateTimeField()
    """As of when the figures are; absent before the first."""
    computing_until = DateTimeField()
    """Somebody computes them, until then at the latest."""
    expires_at = DateTimeField(required=True)
    """Then MongoDB removes it."""
