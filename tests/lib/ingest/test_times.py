import pytest

from lib.ingest.cleaning import Reason
from lib.ingest.times import ReadTime, read_minute, read_time

EVENING = 18 * 60 + 30


@pytest.mark.parametrize(
    "text",
    ["18h30", "18H30", "18:30", "18:30:00", "1830", "18 h 30", "18h30 min", "05/03/2026 18:30", "2026-03-05 18:30:00",
     "2026-03-05T18:30:00"],
)  # fmt: skip
def test_a_moment_is_read_in_each_form(text):
    assert read_time(text) == ReadTime(EVENING, None)


@pytest.mark.parametrize(("text", "minute"), [("18h", 1080), ("8", 480), ("00:00", 0), ("24h", 0), ("23h59", 1439)])
def test_whole_hours_and_limits(text, minute):
    assert read_time(text) == ReadTime(minute, None)


@pytest.mark.parametrize(
    "text", ["22h-2h", "22:00 - 02:00", "de 22h à 2h", "22h à 2h", "entre 22h et 2h", "22-2", "2200/0200"]
)
def test_a_range_may_go_over_midnight(text):
    assert read_time(text) == ReadTime(22 * 60, 2 * 60)


def test_a_range_of_no_length_is_a_moment():
    assert read_time("18h30-18h30") == ReadTime(EVENING, None)


@pytest.mark.parametrize("text", ["inconnue", "NC", "?", "-", "non renseigné", "05/03/2026", "2026-03-05 00:00:00"])
def test_an_unknown_time_is_missing_never_midnight(text):
    assert read_time(text) is None


@pytest.mark.parametrize("text", ["25h", "18h60", "2460", "soirée", "18h30-", "930", "18h-tard"])
def test_a_time_that_cannot_be_is_refused(text):
    assert isinstance(read_time(text), Reason)


def test_the_end_of_a_range_is_a_single_moment():
    assert read_minute("2h") == 120
    assert read_minute("?") is None
    assert read_minute("22h-2h") == Reason("une plage n’est pas attendue ici")
    assert isinstance(read_minute("25h"), Reason)
