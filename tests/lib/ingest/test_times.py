import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.ingest.cleaning import Reason
from lib.ingest.times import ReadTime, read_minute, read_time

EVENING = 18 * 60 + 30


@pytest.mark.parametrize(
    "text",
    ["18h30", "18H30", "18:30", "18:30:00", "1830", "18 h 30", "18h30 min", "05/03/2026 18:30", "2026-03-05 18:30:00",
     "2026-03-05T18:30:00", "18 heures 30", "à 18h30", "6:30 PM", "0.7708", "0,7708333", ".7708", "43291.770833",
     "12 juillet 2018 à 18h30", "2026-03-05T18:30:00.000+02:00", "2026-03-05T17:30:00Z"],
)  # fmt: skip
def test_a_moment_is_read_in_each_form(text):
    assert read_time(text) == ReadTime(EVENING, None)


@pytest.mark.parametrize(
    ("text", "minute"),
    [("18h", 1080), ("8", 480), ("00:00", 0), ("24h", 0), ("23h59", 1439), ("930", 570), ("minuit", 0),
     ("0.99999", 1439), ("12 am", 0), ("12:15 pm", 735)],
)  # fmt: skip
def test_whole_hours_and_limits(text, minute):
    assert read_time(text) == ReadTime(minute, None)


@pytest.mark.parametrize(
    "text",
    ["22h-2h", "22:00 - 02:00", "de 22h à 2h", "22h à 2h", "entre 22h et 2h", "22-2", "2200/0200", "2200-2",
     "05/03/2026 22h-2h", "05/03/2026, entre 22h et 2h"],
)  # fmt: skip
def test_a_range_may_go_over_midnight(text):
    assert read_time(text) == ReadTime(22 * 60, 2 * 60)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("matin", 6, 12), ("Matinée", 6, 12), ("midi", 12, 14), ("après-midi", 12, 18), ("l’après-midi", 12, 18),
     ("en fin d'apres midi", 12, 18), ("soirée", 18, 22), ("en soirée", 18, 22), ("début de soirée", 18, 22),
     ("nuit", 22, 6), ("nuit du 12 au 13", 22, 6), ("dans la nuit", 22, 6), ("journée", 8, 18),
     ("05/03/2026 soirée", 18, 22), ("entre midi et 14h", 12, 14), ("de 20h à minuit", 20, 0)],
)  # fmt: skip
def test_a_part_of_the_day_is_a_range(text, start, end):
    assert read_time(text) == ReadTime(start * 60, end * 60)


def test_about_an_hour_is_half_an_hour_around():
    assert read_time("vers 18h") == ReadTime(17 * 60 + 30, 18 * 60 + 30)
    assert read_time("vers minuit") == ReadTime(23 * 60 + 30, 30)
    assert isinstance(read_time("vers le parking"), Reason)


def test_a_range_of_no_length_is_a_moment():
    assert read_time("18h30-18h30") == ReadTime(EVENING, None)


@pytest.mark.parametrize(
    "text",
    ["inconnue", "NC", "?", "-", "non renseigné", "05/03/2026", "2026-03-05 00:00:00", "05/03/26", "43291", "43291.0",
     "juillet 2018", "2018-07", "2018-07-12T00:00:00Z"],
)  # fmt: skip
def test_an_unknown_time_is_missing_never_midnight(text):
    assert read_time(text) is None


@pytest.mark.parametrize(
    "text", ["25h", "18h60", "2460", "961", "18h30-", "18h-tard", "18.30.00", "après 22h", "matin et soir", "13 pm"]
)
def test_a_time_that_cannot_be_is_refused(text):
    assert isinstance(read_time(text), Reason)


def test_the_end_of_a_range_is_a_single_moment():
    assert read_minute("2h") == 120
    assert read_minute("?") is None
    assert read_minute("22h-2h") == Reason("une plage n’est pas attendue ici")
    assert isinstance(read_minute("25h"), Reason)


@settings(deadline=None)
@given(st.integers(0, 1439))
def test_every_written_form_of_a_minute_gives_that_minute(minute):
    hour, rest = divmod(minute, 60)
    texts = [f"{hour:02}h{rest:02}", f"{hour}:{rest:02}", f"{hour:02}:{rest:02}:59", f"{hour:02}{rest:02}",
             f"{hour} h {rest:02}", f"{minute / 1440:.6f}", f"{minute / 1440:.6f}".replace(".", ",")]  # fmt: skip
    assert {read_time(text) for text in texts} == {ReadTime(minute, None)}


@settings(deadline=None)
@given(st.integers(0, 1439), st.integers(0, 1439))
def test_every_range_keeps_its_ends_in_their_order(start, end):
    written = [f"{minute // 60}h{minute % 60:02}" for minute in (start, end)]
    expected = ReadTime(start, None if start == end else end)
    assert {read_time("-".join(written)), read_time("entre {} et {}".format(*written))} == {expected}


@settings(deadline=None)
@given(st.text(max_size=30) | st.from_regex(r"(vers |de )?\d{1,5}[h:.,]?\d{0,5}( ?[-à/] ?\d{1,4}h?)?", fullmatch=True))
def test_no_text_ever_raises_and_every_minute_is_of_the_day(text):
    found = read_time(text)
    if isinstance(found, ReadTime):
        assert 0 <= found.start_minute < 1440
        assert found.end_minute is None or 0 <= found.end_minute < 1440
    assert isinstance(read_minute(text), int | Reason | None)
