from types import SimpleNamespace

import pytest
from geopy.exc import GeocoderQueryError, GeocoderTimedOut

from lib.ingest.geocoding import BELOW, IMPRECISE, UNREACHABLE, geocode_all, geocoder, judged


def answer(score=0.9, kind="housenumber", longitude=2.66, latitude=48.54):
    raw = {"properties": {"score": score, "type": kind}}
    return SimpleNamespace(longitude=longitude, latitude=latitude, raw=raw)


def test_nobody_is_asked_unless_the_setting_says_so():
    assert geocoder(None) is None
    assert geocoder("") is None


def test_the_setting_names_the_service():
    for setting, address in (("ban", "data.geopf.fr/geocodage/search"), ("ban.example.fr", "ban.example.fr/search")):
        made = geocoder(setting)
        assert made is not None
        service = made.keywords["ask"].func.__self__
        assert service.geocode_api == f"https://{address}"


def test_a_sure_answer_is_its_point():
    assert judged(answer()) == (2.66, 48.54)
    assert judged(answer(score=0.7)) == (2.66, 48.54)


@pytest.mark.parametrize(
    ("location", "reason"),
    [(None, BELOW), (answer(score=0.69), BELOW), (answer(score=None), BELOW), (answer(score=float("nan")), BELOW),
     (answer(kind="street"), IMPRECISE), (answer(longitude=-73.9), BELOW)],
)  # fmt: skip
def test_an_unsure_answer_is_a_reason(location, reason):
    assert judged(location) == reason


def test_each_address_is_asked_once():
    asked = []

    def ask(address):
        asked.append(address)
        return answer()

    assert geocode_all(["a", "b", "a"], ask) == [(2.66, 48.54)] * 3
    assert asked == ["a", "b"]


def test_an_address_the_service_refuses_does_not_stop_the_others():
    def ask(address):
        if address == "a":
            raise GeocoderQueryError("too short")
        return answer()

    assert geocode_all(["a", "b"], ask) == [BELOW, (2.66, 48.54)]


def test_after_a_failure_nobody_is_asked_any_more():
    asked = []

    def ask(address):
        asked.append(address)
        if address == "b":
            raise GeocoderTimedOut("late")
        return answer()

    assert geocode_all(["a", "b", "c"], ask) == [(2.66, 48.54), UNREACHABLE, UNREACHABLE]
    assert asked == ["a", "b"]
