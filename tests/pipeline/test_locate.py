"""Addresses that come without a place are found on the map, by a geocoder over HTTP."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from app.errors import TransientError
from app.gateways.nominatim import NominatimGeocoder
from app.models import Delivery
from app.pipeline.locate import locate
from tests import factories

KNOWN = {"12 Mill Lane": ("-0.1278", "51.5074")}


class Server(ThreadingHTTPServer):
    """Answers searches as Nominatim does, from a table; ``status`` makes it fail."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        address = parse_qs(urlsplit(self.path).query)["q"][0]
        self.server.asked.append(address)
        found = [
            {"lon": lon, "lat": lat, "display_name": name}
            for name, (lon, lat) in KNOWN.items()
            if name == address
        ]
        body = json.dumps(found).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server():
    found = Server()
    yield found
    found.shutdown()


def unlocated(**fields: object) -> Delivery:
    return factories.delivery(coordinates=None, to_locate=True, **fields)


def run(delivery: Delivery, geocoder: NominatimGeocoder | None) -> bool:
    found = locate(delivery.pk, geocoder, now=datetime.now(UTC))
    delivery.reload()
    return found


def test_an_address_gets_its_place(settings, server) -> None:
    delivery = unlocated()
    assert run(delivery, NominatimGeocoder(server.url)) is True
    assert delivery.coordinates["coordinates"] == [-0.1278, 51.5074]
    assert delivery.to_locate is None
    assert run(delivery, NominatimGeocoder(server.url)) is False
    assert server.asked == ["12 Mill Lane"]


def test_an_unknown_address_stays_without_one_and_is_not_asked_for_ever(settings, server) -> None:
    delivery = unlocated(address="nowhere at all")
    assert run(delivery, NominatimGeocoder(server.url)) is False
    assert (delivery.coordinates, delivery.to_locate) == (None, None)


def test_a_geocoder_that_is_away_is_asked_again(settings, server) -> None:
    delivery = unlocated()
    server.status = 503
    with pytest.raises(TransientError) as error:
        run(delivery, NominatimGeocoder(server.url))
    assert "Mill" not in str(error.value)
    delivery.reload()
    assert delivery.to_locate is True
    server.status = 200
    assert run(delivery, NominatimGeocoder(server.url)) is True


def test_after_two_days_nobody_asks_any_more(settings, server) -> None:
    delivery = unlocated()
    later = datetime.now(UTC) + timedelta(days=3)
    assert locate(delivery.pk, NominatimGeocoder(server.url), now=later) is False
    delivery.reload()
    assert (delivery.to_locate, server.asked) == (None, [])


def test_without_a_geocoder_the_mark_goes(settings) -> None:
    delivery = unlocated()
    assert run(delivery, None) is False
    assert delivery.to_locate is None


def test_an_address_that_is_changed_while_it_is_looked_up_is_looked_up_again(settings) -> None:
    delivery = unlocated()

    class Changing:
        def find(self, address: str) -> tuple[float, float]:
            Delivery.of("default", pk=delivery.pk).update_one(set__address="1 New Street")
            return 1.0, 2.0

    assert locate(delivery.pk, Changing(), now=datetime.now(UTC)) is False
    delivery.reload()
    assert (delivery.coordinates, delivery.to_locate) == (None, True)
