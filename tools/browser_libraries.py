"""Copies what the pages use of the browser's libraries to where it is served from.

`npm ci` has put the libraries, as tools/browser/package-lock.json names them, beside that file.
Their files are never changed, and each comes with its licence.
"""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
MODULES = ROOT / "tools" / "browser" / "node_modules"
VENDOR = ROOT / "app" / "web" / "pages" / "static" / "vendor"
FILES = {
    "htmx": ("htmx.org/dist/htmx.min.js", "htmx.org/LICENSE"),
    "fullcalendar": (
        "fullcalendar/index.global.min.js",
        "@fullcalendar/core/locales/es.global.min.js",
        "@fullcalendar/core/locales/fr.global.min.js",
        "@fullcalendar/core/locales/de.global.min.js",
        "fullcalendar/LICENSE.md",
    ),
    "idb": ("idb/build/index.js", "idb/LICENSE"),
    "leaflet": (
        "leaflet/dist/leaflet.js",
        "leaflet/dist/leaflet.css",
        "leaflet/dist/images",
        "leaflet/LICENSE",
    ),
    "signature_pad": ("signature_pad/dist/signature_pad.min.js", "signature_pad/LICENSE"),
    "uplot": ("uplot/dist/uPlot.esm.js", "uplot/dist/uPlot.min.css", "uplot/LICENSE"),
    "wavesurfer": (
        "wavesurfer.js/dist/wavesurfer.esm.js",
        "wavesurfer.js/LICENSE",
    ),
}
"""By the folder in which a library is served: files and folders of its package."""


def main() -> None:
    """Make the folder anew."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for library, names in FILES.items():
        folder = VENDOR / library
        folder.mkdir(parents=True)
        for name in names:
            source = MODULES / name
            if source.is_dir():
                shutil.copytree(source, folder / source.name)
            else:
                shutil.copy2(source, folder)


if __name__ == "__main__":
    main()
