"""Make app/rules/gate/us_states.json, the rough shapes of the US states.

    npm pack us-atlas && tar xzf us-atlas-*.tgz
    pip install shapely && python tools/us_states.py package/states-10m.json

The npm package us-atlas redistributes the Census Bureau's cartographic boundaries (public domain).
Every shape is made some five kilometres larger before it is made simpler, and is checked to hold
the whole state: a place near a border lies in both states.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from shapely.geometry import Polygon
from shapely.ops import unary_union

TARGET = Path(__file__).parents[1] / "app" / "rules" / "gate" / "us_states.json"
LARGER, SIMPLER = 0.05, 0.04
"""Degrees."""
ROUGHER = {"AK": 10}
"""Alaska's thousand islands need no detail: no neighbour is near."""
_FIPS = """
01=AL 02=AK 04=AZ 05=AR 06=CA 08=CO 09=CT 10=DE 11=DC 12=FL 13=GA 15=HI 16=ID 17=IL 18=IN
19=IA 20=KS 21=KY 22=LA 23=ME 24=MD 25=MA 26=MI 27=MN 28=MS 29=MO 30=MT 31=NE 32=NV 33=NH
34=NJ 35=NM 36=NY 37=NC 38=ND 39=OH 40=OK 41=OR 42=PA 44=RI 45=SC 46=SD 47=TN 48=TX 49=UT
50=VT 51=VA 53=WA 54=WV 55=WI 56=WY
"""
CODES = dict(pair.split("=") for pair in _FIPS.split())
"""States by their FIPS codes."""


def arcs(topology: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """The arcs of a TopoJSON file in degrees (its specification, section 2.1.4)."""
    (scale_x, scale_y), (move_x, move_y) = (
        topology["transform"][name] for name in ("scale", "translate")
    )
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + move_x, y * scale_y + move_y))
        found.append(points)
    return found


def ring(indexes: list[int], known: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """One ring, joined from arcs; a negative index is an arc walked backwards."""
    points: list[tuple[float, float]] = []
    for index in indexes:
        arc = known[index] if index >= 0 else known[~index][::-1]
        points += arc[1:] if points else arc
    return points


def main(path: str) -> None:
    """Read us-atlas's states, write ours."""
    topology = json.loads(Path(path).read_text())
    known = arcs(topology)
    shapes = {}
    for state in topology["objects"]["states"]["geometries"]:
        code = CODES.get(state["id"])
        if code is None:
            continue
        parts = state["arcs"] if state["type"] == "MultiPolygon" else [state["arcs"]]
        exact = unary_union([Polygon(ring(part[0], known)).buffer(0) for part in parts])
        rough = ROUGHER.get(code, 1)
        simple = exact.buffer(LARGER * rough, join_style="mitre").simplify(SIMPLER * rough)
        polygons = [
            [(round(x, 2), round(y, 2)) for x, y in polygon.exterior.coords[:-1]]
            for polygon in getattr(simple, "geoms", [simple])
        ]
        missing = exact.difference(unary_union([Polygon(each).buffer(0) for each in polygons]))
        if not missing.is_empty:
            raise SystemExit(f"{code} is not wholly inside its shape")
        shapes[code] = polygons
    rows = (
        f'"{code}":{json.dumps(shapes[code], separators=(",", ":"))}' for code in sorted(shapes)
    )
    TARGET.write_text("{" + ",\n".join(rows) + "}\n")


if __name__ == "__main__":
    main(sys.argv[1])
