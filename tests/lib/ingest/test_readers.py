import re
from datetime import date

from lib.ingest.cleaning import Reason
from lib.ingest.columns import LISTS
from lib.ingest.dates import DEFAULT_FORMATS
from lib.ingest.mapping import declare
from lib.ingest.readers import DATES, KnownCodes, UnknownLabel, readers

RULES = declare(
    {
        "columns": {"residence_reference": "R", "occurred_on": "D", "type_code": "T"},
        "values": {"type_code": {"Tag": "BIE-02"}},
    }
)
READERS = readers(RULES, KnownCodes({}, {"BIE-02": 1}, date(2026, 10, 31)), dict.fromkeys(DATES, DEFAULT_FORMATS))


def test_a_label_nobody_mapped_is_told_apart_from_what_is_wrong():
    assert READERS["type_code"]("tag") == "BIE-02"
    assert isinstance(READERS["type_code"]("Graff"), UnknownLabel)
    assert isinstance(READERS["place_type"]("Loge"), UnknownLabel)
    assert not isinstance(READERS["occurred_on"]("31/02/2026"), UnknownLabel)


def test_unknown_label_says_what_to_do_in_words_of_the_page_and_of_no_file():
    said = {ours: READERS[ours]("Truc").sentence for ours in (*LISTS, "type_code")}
    assert said["type_code"] == "libellé inconnu\u00a0: à rattacher à un type de fait pour qualifier la ligne"
    assert "à une valeur de «\u00a0Lieu\u00a0»" in said["place_type"]
    assert not [sentence for sentence in said.values() if re.search(r"[\[\]_]|déclaration", sentence)]


def test_texts_are_no_longer_than_the_columns_of_the_store():
    limits = {"external_reference": 200, "residence_reference": 200, "building_code": 40, "hall_code": 40}
    for ours, limit in limits.items():
        assert READERS[ours]("x" * limit) == "x" * limit
        assert isinstance(READERS[ours]("x" * (limit + 1)), Reason)
