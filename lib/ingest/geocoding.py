"""Addresses to points by the Base Adresse Nationale: only where the setting ``GEOCODEUR`` asks for it."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from geopy.exc import GeocoderQueryError, GeocoderServiceError
from geopy.extra.rate_limiter import RateLimiter
from geopy.geocoders import BANFrance

from lib.geo.coordinates import in_france
from lib.ingest.cleaning import Reason
from lib.ingest.locating import Geocode

logger = logging.getLogger(__name__)
BAN_ADDRESS = "data.geopf.fr/geocodage"  # the service of the IGN; api-adresse.data.gouv.fr, geopy's own, is closing
MIN_SCORE = 0.7  # of 0 to 1, as the service gives it
MIN_DELAY_S = 0.05  # the service takes 50 questions a second; 20 leave room to others
TIMEOUT_S = 5
PRECISE_KINDS = frozenset({"housenumber"})
BELOW = Reason("adresse non reconnue avec assez de certitude par la Base Adresse Nationale")
IMPRECISE = Reason("adresse reconnue par la Base Adresse Nationale sans son numéro")
UNREACHABLE = Reason("géocodeur injoignable\u00a0: réessayez, ou donnez la référence de la résidence")
Ask = Callable[[str], Any]  # a geopy ``Location`` for an address, None where it knows none


def geocoder(setting: str | None) -> Geocode | None:
    """What the setting asks for: nobody (None, the default), ``ban``, or the address of a service that answers alike.

    The addresses of the rows that no residence has are then sent to that service.
    """
    if not setting:
        return None
    service = BANFrance(domain=BAN_ADDRESS if setting == "ban" else setting, timeout=TIMEOUT_S)
    return partial(
        geocode_all, ask=RateLimiter(service.geocode, min_delay_seconds=MIN_DELAY_S, swallow_exceptions=False)
    )


def geocode_all(addresses: list[str], ask: Ask) -> list[tuple[float, float] | Reason]:
    """Longitude and latitude of each address, or the reason why not; after a failure nobody is asked any more."""
    found: dict[str, tuple[float, float] | Reason] = {}
    try:
        for address in dict.fromkeys(addresses):
            found[address] = _asked(address, ask)
    except GeocoderServiceError as error:
        logger.warning("geocoder out of reach after %d addresses: %s", len(found), type(error).__name__)
    return [found.get(address, UNREACHABLE) for address in addresses]


def _asked(address: str, ask: Ask) -> tuple[float, float] | Reason:
    try:
        return judged(ask(address))
    except GeocoderQueryError:  # the service refuses this text, too short for instance, not the others
        return BELOW


def judged(location: Any) -> tuple[float, float] | Reason:
    """The point of an answer, refused below the score, without a house number, or out of France."""
    if location is None:
        return BELOW
    properties = location.raw.get("properties", {})
    if not float(properties.get("score") or 0) >= MIN_SCORE:
        return BELOW
    if properties.get("type") not in PRECISE_KINDS:
        return IMPRECISE
    point = (float(location.longitude), float(location.latitude))
    return point if in_france(*point) else BELOW
