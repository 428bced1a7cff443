"""Analytics: what a range of days came to, counted in the ledger.

``report`` is the whole of it. What each figure means stands in ``figures``; ``deliveries`` and
``calls`` count, ``span`` knows the company's clock, ``kept`` spares MongoDB the same work twice.
"""

from __future__ import annotations

from app.pipeline.analytics.figures import Report
from app.pipeline.analytics.kept import Terms
from app.pipeline.analytics.report import computed, known, names_of, report, zone_of
from app.pipeline.analytics.span import MOST_DAYS, Span, SpanError, span_of

__all__ = [
    "MOST_DAYS",
    "Report",
    "Span",
    "SpanError",
    "Terms",
    "computed",
    "known",
    "names_of",
    "report",
    "span_of",
    "zone_of",
]
