"""Who may do what: one table, from which every route is guarded and tested.

Whatever is not in the table is refused (OWASP ASVS 5.0, 8.2.1: authorisation denies by default).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What somebody is to their company."""

    ADMIN = "admin"
    DISPATCHER = "dispatcher"
    AGENT = "agent"
    VIEWER = "viewer"


class Reach(StrEnum):
    """Over which records of the own company a permission extends; never over another company's."""

    ALL = "all"
    OWN = "own"
    """For an agent: themselves, what is assigned to them, and what belongs to it."""


class Permission(StrEnum):
    """One thing that somebody may do; API keys name them as they stand here."""

    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    DELIVERIES_READ = "deliveries:read"
    DELIVERIES_WRITE = "deliveries:write"
    """Plan, import, change, assign, cancel, reschedule."""
    DELIVERIES_DRIVE = "deliveries:drive"
    """Start, complete, fail, acknowledge."""
    CODES_READ = "codes:read"
    """Codes that open doors; elsewhere they are masked. Every reading is in the audit log."""
    AGENTS_READ = "agents:read"
    AGENTS_WRITE = "agents:write"
    AGENTS_REPORT = "agents:report"
    """Report a position, a shift, and where pushes go."""
    CALLS_READ = "calls:read"
    CALLS_WRITE = "calls:write"
    """Place a call now, and cancel one."""
    RECORDINGS_READ = "recordings:read"
    RECORDINGS_LISTEN = "recordings:listen"
    PROOFS_READ = "proofs:read"
    """Photos and signatures of deliveries."""
    ANALYSES_READ = "analyses:read"
    ANALYSES_WRITE = "analyses:write"
    """Correct what was understood."""
    REVIEWS_READ = "reviews:read"
    REVIEWS_WRITE = "reviews:write"
    SUPPRESSIONS_READ = "suppressions:read"
    SUPPRESSIONS_WRITE = "suppressions:write"
    CONSENTS_READ = "consents:read"
    CONSENTS_WRITE = "consents:write"
    METRICS_READ = "metrics:read"
    SETTINGS_READ = "settings:read"
    SETTINGS_WRITE = "settings:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    USERS_READ = "users:read"
    USERS_WRITE = "users:write"
    KEYS_READ = "keys:read"
    KEYS_WRITE = "keys:write"
    AUDIT_READ = "audit:read"
    OPERATIONS_READ = "operations:read"
    """See what waits and what failed; to whom the installation itself is told is another rule, in
    ``app.pipeline.installation``."""
    OPERATIONS_WRITE = "operations:write"
    """Have failed work tried again, or discard it."""


_P = Permission
_VIEWER = {
    _P.CUSTOMERS_READ,
    _P.DELIVERIES_READ,
    _P.AGENTS_READ,
    _P.CALLS_READ,
    _P.RECORDINGS_READ,
    _P.ANALYSES_READ,
    _P.REVIEWS_READ,
    _P.METRICS_READ,
}
_DISPATCHER = _VIEWER | {
    _P.CUSTOMERS_WRITE,
    _P.DELIVERIES_WRITE,
    _P.DELIVERIES_DRIVE,
    _P.CODES_READ,
    _P.AGENTS_WRITE,
    _P.AGENTS_REPORT,
    _P.CALLS_WRITE,
    _P.RECORDINGS_LISTEN,
    _P.PROOFS_READ,
    _P.ANALYSES_WRITE,
    _P.REVIEWS_WRITE,
    _P.SUPPRESSIONS_READ,
    _P.SUPPRESSIONS_WRITE,
    _P.CONSENTS_READ,
    _P.CONSENTS_WRITE,
    _P.SETTINGS_READ,
}
_AGENT = {
    _P.CUSTOMERS_READ,
    _P.DELIVERIES_READ,
    _P.DELIVERIES_DRIVE,
    _P.CODES_READ,
    _P.AGENTS_READ,
    _P.AGENTS_REPORT,
    _P.CALLS_READ,
    _P.RECORDINGS_READ,
    _P.RECORDINGS_LISTEN,
    _P.PROOFS_READ,
    _P.ANALYSES_READ,
}


def _with(permissions: set[Permission], reach: Reach) -> Mapping[Permission, Reach]:
    return MappingProxyType(dict.fromkeys(sorted(permissions), reach))


MAY: Mapping[Role, Mapping[Permission, Reach]] = MappingProxyType(
    {
        Role.ADMIN: _with(set(Permission), Reach.ALL),
        Role.DISPATCHER: _with(_DISPATCHER, Reach.ALL),
        Role.AGENT: _with(_AGENT, Reach.OWN),
        Role.VIEWER: _with(_VIEWER, Reach.ALL),
    }
)
"""What each role may do, and over which records."""

NOT_FOR_KEYS = frozenset({_P.USERS_WRITE, _P.KEYS_WRITE})
"""What no API key may do: a key that leaks must not make people or further keys."""
FOR_KEYS = frozenset(Permission) - NOT_FOR_KEYS
