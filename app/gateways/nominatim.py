"""Where an address is, asked of a geocoder that answers as Nominatim does.

geopy (https://geopy.readthedocs.io) speaks to it. Nominatim's own servers allow one request a
second and no bulk: name a server of your own, or of somebody who serves you.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from geopy.exc import (
    GeocoderParseError,
    GeocoderQueryError,
    GeocoderServiceError,
    GeopyError,
)
from geopy.geocoders import Nominatim

from app.errors import PermanentError, TransientError

_SECONDS = 5.0


class NominatimGeocoder:
    """Finds places at one address, such as https://geocoder.example."""

    def __init__(self, url: str, agent: str = "delauto") -> None:
        parts = urlsplit(url)
        self._server = Nominatim(
            user_agent=agent,
            domain=f"{parts.netloc}{parts.path.rstrip('/')}",
            scheme=parts.scheme,
            timeout=_SECONDS,
        )

    def find(self, address: str) -> tuple[float, float] | None:
        """Longitude and latitude, WGS 84; None where no such address is known.

        Raises TransientError where it may be asked again, PermanentError where asking the same
        again changes nothing. No message has the address in it.
        """
        try:
            found = self._server.geocode(address, exactly_one=True)
        except (GeocoderQueryError, GeocoderParseError) as error:
            raise PermanentError(f"the geocoder cannot answer: {type(error).__name__}") from None
        except (GeocoderServiceError, GeopyError) as error:
            raise TransientError(f"the geocoder did not answer: {type(error).__name__}") from None
        if found is None:
            return None
        place = float(found.longitude), float(found.latitude)
        return place if abs(place[0]) <= 180 and abs(place[1]) <= 90 else None
