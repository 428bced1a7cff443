"""Draws the pictures that telephones show for the installed page, from the one icon of ours.

python -m tools.app_icons    needs Chromium; the pictures are kept with the page
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WEB = Path(__file__).parents[1] / "app" / "web"
ICON = WEB / "pages" / "static" / "icon.svg"
INTO = WEB / "agent" / "static"
SIZES = {
    "icon-192.png": (192, 1.0),
    "icon-512.png": (512, 1.0),
    "icon-maskable-512.png": (512, 0.8),
}
"""By name: pixels, and how much of them the icon fills; systems cut the rest to their own form."""
GROUND = "#1b4fb8"


def main() -> None:
    """Draw them all."""
    chromium = shutil.which("chromium") or sys.exit("chromium is not there")
    drawn = ICON.read_text()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (pixels, share) in SIZES.items():
            page = browser.new_page(viewport={"width": pixels, "height": pixels})
            inner, ground = round(pixels * share), GROUND if share < 1 else "transparent"
            page.set_content(
                f"<style>body{{margin:0;display:grid;place-items:center;height:100vh;"
                f"background:{ground}}}svg{{width:{inner}px;height:{inner}px}}</style>{drawn}"
            )
            page.screenshot(path=INTO / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
