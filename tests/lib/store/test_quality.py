import inspect
import re
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from sqlalchemy import Engine, update

from lib.ingest import coordinates, geocoding, locating
from lib.ingest.validation import REQUIRED, UNPLACED
from lib.store import schema as s
from lib.store.quality import UNLOCATED, registers_quality
from lib.store.rejections import resolve, save_rejections
from lib.store.reporting import reporting_calendar
from lib.store.revisions import Change, change
from tests.factories import add, incident, residence, small_store

READ_AT = datetime(2026, 3, 11, 9, tzinfo=UTC)


@pytest.fixture
def filled(store: Engine) -> Engine:
    return small_store(store)


def batch(batch_id: int, imported_at: datetime = READ_AT, **more: object) -> dict[str, object]:
    names = {"batch_id": batch_id, "kind": "incidents", "landlord_id": 1, "file_name": "f", "file_sha256": "0" * 64}
    counts = dict.fromkeys(("read_count", "accepted_count", "known_count", "rejected_count"), 0)
    return names | counts | {"imported_by": "essai", "imported_at": imported_at} | more


def quality(engine: Engine) -> pd.DataFrame:
    with engine.connect() as connection:
        return registers_quality(connection).set_index("landlord_code")


def test_landlord_without_import_has_no_delay_and_its_facts_without_hour_are_a_share(filled: Engine):
    found = quality(filled)
    assert found.index.tolist() == ["alpha", "beta"]
    assert found["fact_count"].tolist() == [7, 3]
    assert found["unknown_hour_share"].tolist() == [1.0, pytest.approx(2 / 3)]
    assert found["delay_days"].isna().all()
    assert found["last_import_at"].isna().all()
    assert found["unlocated_share"].tolist() == [0, 0]


def test_landlord_without_fact_nor_month_has_no_share_and_no_silence(store: Engine):
    with change(store, "essai") as made:
        add(made, s.Landlord, {"landlord_id": 1, "landlord_code": "vide", "landlord_name": "Vide"})
    row = quality(store).loc["vide"]
    assert row[["unknown_hour_share", "unlocated_share"]].isna().all()
    assert row[["fact_count", "open_count", "to_qualify_count", "silent_month_count"]].tolist() == [0, 0, 0, 0]


def test_no_landlord_is_an_empty_table(store: Engine):
    with store.connect() as connection:
        assert registers_quality(connection).empty


def test_delay_is_the_median_of_the_days_from_the_end_of_the_last_month_to_the_import(filled: Engine):
    with change(filled, "essai") as made:
        add(made, s.IngestBatch, batch(2), batch(3, datetime(2026, 3, 1, tzinfo=UTC)))
        add(made, s.IngestBatch, batch(4, datetime(2026, 2, 11, tzinfo=UTC)), batch(5))
        facts = [(2, "n1", date(2026, 2, 28)), (2, "n2", date(2025, 1, 1)), (3, "n3", date(2026, 2, 1))]
        facts += [(4, "n4", date(2026, 2, 10))]  # read before its month was over: no delay
        add(made, s.Incident, *(incident(name, 1, day) | {"batch_id": number} for number, name, day in facts))
    assert quality(filled).loc["alpha", "delay_days"] == 1  # of 11, 1 and 0; the fifth brought no fact


def test_import_undone_or_of_another_kind_is_no_import_of_facts(filled: Engine):
    with change(filled, "essai") as made:
        later = datetime(2026, 5, 1, tzinfo=UTC)
        add(made, s.IngestBatch, batch(2), batch(3, later), batch(4, later, kind="housing"), batch(5, later))
        made.connection.execute(update(s.IngestBatch).where(s.IngestBatch.batch_id == 3).values(undone_at=later))
        made.connection.execute(update(s.IngestBatch).where(s.IngestBatch.batch_id == 5).values(landlord_id=2))
    found = quality(filled)["last_import_at"]
    assert [pd.Timestamp(at).date() for at in found] == [date(2026, 3, 11), date(2026, 5, 1)]


def test_rows_wait_once_each_however_many_reasons_and_a_place_not_found_is_told_apart(filled: Engine):
    said = [
        (2, "Résidence", "résidence inconnue"),
        (3, "X", "coordonnées manquantes"),
        (3, "Adresse", "adresse manquante"),
        (4, "Date", "date impossible"),
        (5, "Nature", "libellé inconnu"),
        (6, "Résidence", "résidence inconnue"),
    ]
    with change(filled, "essai") as made:
        add(made, s.IngestBatch, batch(2), batch(3, kind="housing"), batch(4, landlord_id=2))
        keep(made, 2, said, {5})
        keep(made, 3, said, set())
        resolve(made, 4, [row_of(made, 6)])
    found = quality(filled)
    assert found["open_count"].tolist() == [3, 0]
    assert found["to_qualify_count"].tolist() == [1, 0]
    assert found["unlocated_share"].tolist() == [pytest.approx(2 / 9), 0]  # 2 rows beside 7 facts


def keep(made: Change, batch_id: int, said: list[tuple[int, str, str]], to_qualify: set[int]) -> None:
    reasons = pd.DataFrame(said, columns=["line_number", "column_name", "reason"]).assign(value="x")
    lines = sorted({line for line, _, _ in said})
    save_rejections(made, batch_id, pd.Series(["{}"] * len(lines), index=lines, dtype=object), reasons, to_qualify)


def row_of(made: Change, line: int) -> int:
    own = s.RejectedRow.__table__.select().where(s.RejectedRow.batch_id == 2, s.RejectedRow.line_number == line)
    return made.connection.execute(own).one().rejected_row_id


def test_months_nobody_spoke_of_are_silent_even_where_silence_is_written(filled: Engine):
    assert quality(filled)["silent_month_count"].tolist() == [10, 10]  # January 2025 to February 2026, four told
    with change(filled, "essai") as made:
        add(made, s.ReportingMonth, {"residence_id": 1, "month_on": date(2025, 3, 1), "status": "silent"})
        add(made, s.ReportingMonth, {"residence_id": 2, "month_on": date(2025, 4, 1), "status": "reported"})
        add(made, s.ReportingMonth, {"residence_id": 2, "month_on": date(2026, 4, 1), "status": "reported"})
    assert quality(filled)["silent_month_count"].tolist() == [9, 10]  # April 2025 told; the data end with February


def test_every_sentence_about_a_place_not_found_counts_as_unlocated():
    sources = "".join(inspect.getsource(module) for module in (locating, geocoding, coordinates))
    said = [*re.findall(r'Reason\(f?"(\w[^"]*)"', sources), *UNPLACED.values()]
    assert len(said) > 12
    assert [sentence for sentence in said if not sentence.startswith(UNLOCATED)] == []
    assert not [sentence for sentence in REQUIRED.values() if sentence.startswith(UNLOCATED)]


def test_silent_months_are_the_silences_of_the_calendar(filled: Engine):
    with change(filled, "essai") as made:
        names = [(3, "muet"), (4, "parti"), (5, "arrive")]
        add(made, s.Landlord, *({"landlord_id": n, "landlord_code": c, "landlord_name": c} for n, c in names))
        lives = [(5, 3, {}), (6, 4, {}), (7, 5, {"active_from": date(2026, 1, 15)})]
        add(made, s.Residence, *(residence(number, owner, "91001", **life) for number, owner, life in lives))
        add(made, s.ReportingMonth, {"residence_id": 6, "month_on": date(2025, 1, 1), "status": "reported"})
    found = quality(filled)["silent_month_count"]
    # January 2025 to February 2026: nothing from the first, one month from the second, the third had two to tell of.
    assert found.loc[["muet", "parti", "arrive"]].tolist() == [14, 13, 2]
    with filled.connect() as connection:
        for landlord_id, name in (1, "alpha"), (2, "beta"), *names:
            told = reporting_calendar(connection, landlord_id)
            is_silent = (told["reported_count"] + told["nothing_to_report_count"] == 0) & (told["silent_count"] > 0)
            assert is_silent.sum() == found[name]


def test_month_that_was_not_over_when_it_was_read_is_not_silent(filled: Engine):
    with change(filled, "essai") as made:
        add(made, s.IngestBatch, batch(2))  # on 11 March 2026
        add(made, s.Incident, incident("m", 1, date(2026, 3, 2)))
        add(made, s.ReportingMonth, {"residence_id": 1, "month_on": date(2026, 3, 1), "status": "reported"})
    assert quality(filled)["silent_month_count"].tolist() == [10, 10]
    with change(filled, "essai") as made:
        add(made, s.IngestBatch, batch(3, datetime(2026, 4, 1, tzinfo=UTC)))
    assert quality(filled)["silent_month_count"].tolist() == [10, 11]
