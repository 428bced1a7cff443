"""What a browser calls itself, said shortly: enough to know one's own devices again.

Browsers name each other for compatibility; the order below is the order in which names are looked
for. It is for reading alone: nothing is decided by it.
"""

from __future__ import annotations

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(called: str) -> str:
    """As “Firefox, Windows”; the beginning of what it calls itself where that is unknown."""
    browser = next((name for mark, name in _BROWSERS if mark in called), "")
    system = next((name for mark, name in _SYSTEMS if mark in called), "")
    return ", ".join(filter(None, (browser, system))) or called[:40]
