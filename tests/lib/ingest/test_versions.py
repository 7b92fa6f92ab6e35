from datetime import UTC, datetime

import pytest

from lib.ingest.versions import fitting, of_batch
from lib.store.mappings import SavedMapping

TYPES = {"BIE-02", "JOU-01"}


def saved(version: int, columns: dict[str, str], **labels: str) -> SavedMapping:
    declaration = {"columns": columns, "values": {"type_code": labels}}
    return SavedMapping(version * 10, version, declaration, "essai", datetime(2026, 1, version, tzinfo=UTC))


CSV = {"occurred_on": "Date du fait", "type_code": "Nature"}
XLSX = {"occurred_on": "Le", "type_code": "Objet"}
VERSIONS = [saved(3, XLSX | {"outcome": "Suite"}), saved(2, CSV, Tag="BIE-02"), saved(1, CSV)]


@pytest.mark.parametrize(
    ("headings", "version"),
    [
        (["Nature", "Date du fait", "Étage"], 2),
        (["NATURE", "date  du fait"], 2),
        (["Le", "Objet", "Suite", "Nature", "Date du fait"], 3),
        (["Le", "Objet"], None),
        (["Nature", "Date du fait (jour)"], None),
        ([], None),
    ],
    ids=["one more", "spelt otherwise", "of both", "one missing", "alike", "none"],
)
def test_newest_version_whose_headings_are_all_in_the_file_serves(headings: list[str], version: int | None):
    found = fitting(VERSIONS, headings)
    assert (found and found.version) == version


def test_no_version_fits_where_none_was_saved():
    assert fitting([], ["Nature"]) is None


def test_waiting_rows_take_the_labels_given_since_under_their_headings_and_none_of_another_format():
    versions = [
        saved(4, {"occurred_on": "Jour", "type_code": "NATURE"}, Truc="JOU-01", Tag="JOU-01"),
        saved(3, XLSX, Graff="BIE-02"),
        saved(2, CSV | {"hall_code": "Hall"}, Autre="ZZZ-99"),
        saved(1, CSV, Tag="BIE-02", Vieux="BIE-02"),
    ]
    found = of_batch(versions, 10, TYPES)
    assert found["columns"] == CSV
    assert found["values"] == {"type_code": {"truc": "JOU-01", "tag": "JOU-01", "vieux": "BIE-02"}}
