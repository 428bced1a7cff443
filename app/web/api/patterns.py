"""What a text must be like, for people: in words, for each pattern that the description has."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.saying import Saying

_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_LINES = Saying("must be a text without control characters")
_ONE_LINE = Saying("must be a text on one line, without control characters")
SAYS: Mapping[str, Saying] = MappingProxyType(
    {
        rf"^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*$": Saying(
            "must be a text on one line, without control characters, and not blank"
        ),
        rf"^[^{_CONTROL}]*$": _ONE_LINE,
        r"^[^\x00-\x1f\x7f-\x9f]*$": _ONE_LINE,
        r"^([^\x00-\x1f\x7f-\x9f]|[\t\n\r])*$": _LINES,
        r"^[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*@"
        r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
        r"[A-Za-z0-9][A-Za-z0-9-]{0,61}[A-Za-z0-9]$": Saying(
            "must be an e-mail address like dana@example.com"
        ),
        r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$": Saying(
            "must be two times of day, the earlier first, like 09:00-20:00"
        ),
        r"^([01]\d|2[0-3]):[0-5]\d$": Saying("must be a time of day like 18:30"),
        r"^20\d\d-(0[1-9]|1[0-2])-([0-2]\d|3[01])$": Saying("must be dates like 2026-12-24"),
        r"^\d{4}-\d\d-\d\d$": Saying("must be a day like 2027-03-01"),
        r"^\+[1-9]\d{6,14}$": Saying("must be like +14155550100"),
        r"^\d{3,15}$": Saying("must be a telephone number as it is dialled: 3 to 15 digits"),
        "^[A-Z]{2}$": Saying("must be the two capital letters of a country (ISO 3166), like US"),
        r"^(en|es|fr|de)(-[A-Z]{2})?$": Saying(
            "must be en, es, fr or de, with or without a country, like es-MX"
        ),
        r"^https?://[!-~]+$": Saying("must be an address like https://shop.example/delauto"),
        r"^https?://[A-Za-z0-9.-]+(:\d{1,5})?/[!-~]*$": Saying(
            "must be the address that the browser's subscription names"
        ),
        r"^[A-Za-z0-9_-]{80,100}=?$": Saying("must be the subscription's key p256dh, in base64url"),
        r"^[A-Za-z0-9_-]{16,32}={0,2}$": Saying(
            "must be the subscription's key auth, in base64url"
        ),
        r"^-?\d{1,3}(\.\d{1,8})?,-?\d{1,2}(\.\d{1,8})?$": Saying(
            "must be longitude,latitude in degrees, with at most 8 decimals, like -73.98,40.74"
        ),
        r"^[0-9*#]$": Saying("must be one key: a digit, * or #"),
        r"^[0-9A-Z#*]{1,20}$": Saying("must be 1 to 20 digits, capital letters, # or *"),
        r"^[a-z_]{1,20}(-[0-9]{1,2})?$": Saying(
            "must be one of the answers that list_review_answers has"
        ),
        r"^[a-z_]+$": Saying("must be the name of a job: small letters and _"),
        r"^[A-Za-z0-9+/]+={0,2}$": Saying("must be base64"),
        r"^evt_[0-9a-f]{24}$": Saying(
            "must be the id of an event: evt_ and 24 digits, 0-9 and a-f"
        ),
        r"^[1-9][0-9]{0,14}:[0-9a-f]{64}$": Saying(
            "must be the number of an entry, a colon, and its hash of 64 digits, 0-9 and a-f"
        ),
    }
)
