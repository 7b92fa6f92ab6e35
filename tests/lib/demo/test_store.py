from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, func, insert, select

from lib.demo.frames import DemoFrames
from lib.demo.store import STEPS, build_demo, make_room, write_demo
from lib.errors import StoreError
from lib.ingest.territories import load_reference
from lib.store.engine import open_store
from lib.store.revisions import change, current_revision
from lib.store.schema import (
    HallMonth,
    Incident,
    IngestBatch,
    Landlord,
    Qpv,
    Referent,
    ReportingMonth,
    Residence,
    Scheme,
    Setting,
    Situation,
)

KEPT_RESIDENCES, KEPT_FROM = 60, pd.Timestamp("2026-01-01")


@pytest.fixture(scope="module")
def few(frames: DemoFrames) -> DemoFrames:
    """The first residences and the last months of the demonstration: enough to write, quick to write."""
    every, months = frames.incidents, frames.reporting_months
    facts = every[(every["residence"] < KEPT_RESIDENCES) & (every["occurred_on"] >= KEPT_FROM)].reset_index(drop=True)
    numbers = sorted(facts["situation"].dropna().unique())
    renumbered = facts["situation"].map({old: new for new, old in enumerate(numbers)}).astype("Int64")
    is_kept = (months["residence"] < KEPT_RESIDENCES) & (months["month_on"] >= KEPT_FROM.date())
    return replace(
        frames,
        housing=replace(frames.housing, residences=frames.housing.residences.iloc[:KEPT_RESIDENCES]),
        incidents=facts.assign(situation=renumbered),
        situations=frames.situations.iloc[numbers].reset_index(drop=True),
        reporting_months=months[is_kept],
        hall_months=frames.hall_months[frames.hall_months["residence"] < KEPT_RESIDENCES],
    )


def written(engine: Engine, few: DemoFrames, steps: list[str] | None = None) -> Engine:
    load_reference(engine)
    write_demo(engine, few, 34, (steps if steps is not None else []).append)
    return engine


@pytest.fixture(scope="module")
def demo(few: DemoFrames, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A demonstration that nothing changes."""
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'store.db'}")
    yield written(engine, few)
    engine.dispose()


def count(engine: Engine, table, *conditions) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table).where(*conditions))


def test_everything_drawn_is_written(empty_store, few):
    steps: list[str] = []
    demo = written(empty_store, few, steps)
    assert steps == list(STEPS[2:])
    assert count(demo, Residence) == KEPT_RESIDENCES
    assert count(demo, Incident) == len(few.incidents)
    assert count(demo, Situation) == len(few.situations)
    assert count(demo, ReportingMonth) == len(few.reporting_months)
    assert count(demo, HallMonth) == len(few.hall_months) > 0
    assert count(demo, Qpv) == 70
    assert count(demo, Incident, Incident.situation_id.is_not(None)) == few.incidents["situation"].notna().sum()


def test_facts_keep_their_residence_landlord_and_minutes(demo, few):
    fact = few.incidents[few.incidents["time_precision"] == "range"].iloc[0]
    residence = few.housing.residences.iloc[fact["residence"]]
    statement = (
        select(Incident.start_minute, Incident.end_minute, Residence.reference, Landlord.landlord_code)
        .join(Residence, Residence.residence_id == Incident.residence_id)
        .join(Landlord, Landlord.landlord_id == Incident.landlord_id)
        .where(Incident.external_reference == fact["external_reference"])
    )
    with demo.connect() as connection:
        stored = connection.execute(statement).one()
    expected = (fact["start_minute"], fact["end_minute"], residence["reference"], residence["landlord_code"])
    assert tuple(stored) == expected


def test_every_residence_has_a_service_and_the_status_it_was_drawn_with(demo, few):
    inside = (few.housing.residences["qpv_status_2024"] == "inside").sum()
    assert count(demo, Residence, Residence.district_id.is_(None)) == 0
    assert count(demo, Residence, Residence.qpv_2024_status == "inside") == inside
    assert count(demo, Residence, Residence.qpv_2015_status == "unknown") == 0


def test_the_store_says_that_it_is_synthetic_and_from_which_seed(demo):
    with demo.connect() as connection:
        said = dict(connection.execute(select(Setting.key, Setting.value)).all())
    assert said.items() >= {"is_synthetic": "true", "seed": "34"}.items()


def test_one_batch_per_landlord_accounts_for_its_facts(demo, few):
    with demo.connect() as connection:
        read = dict(connection.execute(select(IngestBatch.file_name, IngestBatch.accepted_count)).all())
    counts = few.incidents["landlord_code"].value_counts()
    assert read == {f"demonstration-{code}.csv": number for code, number in counts.items()}


def test_contacts_are_functions_with_invented_mailboxes(demo):
    with demo.connect() as connection:
        contacts = connection.execute(select(Referent)).all()
    assert contacts
    assert all(row.mailbox.endswith("@exemple.fr") for row in contacts)
    assert len({row.mailbox for row in contacts}) == len(contacts)
    assert all([row.departement_code, row.district_id, row.landlord_id].count(None) == 2 for row in contacts)


def test_schemes_of_the_stories_are_written_in_their_neighbourhoods(demo):
    columns = (Scheme.label, Scheme.kind, Scheme.starts_on, Scheme.ends_on, Qpv.qpv_code)
    with demo.connect() as connection:
        held = connection.execute(
            select(*columns).join(Qpv, Qpv.qpv_id == Scheme.qpv_id).order_by(Scheme.starts_on)
        ).all()
    assert [tuple(row) for row in held] == [
        ("Patrouille avec ligne d’appel, Les Traquets", "patrol", date(2025, 1, 1), None, "QN091F03X"),
        ("Correspondants de nuit, Les Engoulevents", "night_wardens", date(2025, 3, 1), None, "QN091F01X"),
    ]
    assert count(demo, Scheme, Scheme.landlord_id.is_(None), Scheme.district_id.is_(None)) == 2


def test_a_store_with_somebody_s_data_is_refused_even_to_be_replaced(empty_store):
    with change(empty_store, "bailleur") as made:
        row = {"landlord_code": "X", "landlord_name": "Bailleur X", "revision": made.revision}
        made.connection.execute(insert(Landlord).values(row))
    with pytest.raises(StoreError, match="ne sont pas celles de la démonstration"):
        build_demo(empty_store, is_replaced=True)
    assert count(empty_store, Landlord) == 1


def test_a_store_with_a_scheme_of_somebody_s_is_refused(empty_store):
    with change(empty_store, "dispositif") as made:
        row = {"label": "Ronde", "kind": "patrol", "starts_on": date(2025, 1, 1), "revision": made.revision}
        made.connection.execute(insert(Scheme).values(row))
    with pytest.raises(StoreError, match="ne sont pas celles de la démonstration"):
        build_demo(empty_store, is_replaced=True)


def test_a_demonstration_is_refused_unless_it_is_to_be_replaced(demo):
    with pytest.raises(StoreError, match="--remplacer"):
        build_demo(demo)


def test_a_demonstration_is_replaced_and_revisions_go_on(empty_store, few):
    written(empty_store, few)
    with empty_store.connect() as connection:
        before = current_revision(connection)
    make_room(empty_store, is_replaced=True)
    assert count(empty_store, Incident) == count(empty_store, Residence) == count(empty_store, Scheme) == 0
    assert count(empty_store, HallMonth) == 0
    assert count(empty_store, Setting) == 0
    written(empty_store, few)
    assert count(empty_store, Incident) == len(few.incidents)
    with empty_store.connect() as connection:
        assert current_revision(connection) > before
