"""Planning: the calendar, the map of a day's stops, files of deliveries, and who drives what."""

from __future__ import annotations

from app.web.pages.planning import adding, importing, month, stops, suggestion
from app.web.pages.planning.frame import blueprint

__all__ = ["adding", "blueprint", "importing", "month", "stops", "suggestion"]
