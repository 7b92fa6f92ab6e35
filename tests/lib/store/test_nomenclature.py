from datetime import date

from sqlalchemy import Engine, func, select, update

from lib.store import schema as s
from lib.store.nomenclature import incident_types, save_context_periods, save_nomenclature
from lib.store.revisions import change


def test_nomenclature_has_eight_families_and_forty_types(store: Engine):
    with store.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(s.IncidentFamily)) == 8
        assert connection.scalar(select(func.count()).select_from(s.IncidentType)) == 40


def test_count_of_types_is_given_back(empty_store: Engine):
    with change(empty_store, "essai") as made:
        assert save_nomenclature(made) == 40


def test_families_keep_the_order_of_the_file(store: Engine):
    with store.connect() as connection:
        codes = connection.scalars(select(s.IncidentFamily.family_code).order_by(s.IncidentFamily.position)).all()
    assert codes == ["PER", "PEL", "BIE", "INC", "OCC", "TRA", "JOU", "CAD"]


def test_type_has_the_values_of_its_line(store: Engine):
    with store.connect() as connection:
        types = incident_types(connection).set_index("type_code")
    told = types.loc["PER-03"]
    assert (told["severity_default"], told["comparability"], told["is_complaint_eligible"]) == (3, "direct", True)
    assert told["ssmsi_class"] == "Violences physiques hors cadre familial"
    assert told["family_label"] == "Atteintes aux personnels et prestataires"


def test_type_without_class_of_recorded_crime_has_none(store: Engine):
    with store.connect() as connection:
        found = connection.scalar(select(s.IncidentType.ssmsi_class).where(s.IncidentType.type_code == "PER-01"))
    assert found is None


def test_violence_in_the_family_is_the_protected_type(store: Engine):
    with store.connect() as connection:
        protected = select(s.IncidentType.type_code).where(s.IncidentType.is_protected)
        assert connection.scalars(protected).all() == ["PEL-03"]


def test_types_come_by_family_then_code(store: Engine):
    with store.connect() as connection:
        types = incident_types(connection)
    assert types["type_code"].tolist()[5:8] == ["PER-06", "PEL-01", "PEL-02"]
    assert types["position"].is_monotonic_increasing


def test_second_reading_brings_up_to_date_and_adds_nothing(store: Engine):
    with change(store, "essai") as made:
        made.connection.execute(update(s.IncidentType).values(type_label="ancien", severity_default=1))
    with change(store, "essai") as made:
        save_nomenclature(made)
        save_context_periods(made)
    with store.connect() as connection:
        types = incident_types(connection).set_index("type_code")
        periods = connection.scalar(select(func.count()).select_from(s.ContextPeriod))
    assert (len(types), periods) == (40, 3)
    assert types.loc["BIE-02", "type_label"] == "Tags et graffitis"
    assert types.loc["PER-03", "severity_default"] == 3


def test_exceptional_periods_end_the_day_after_their_last(store: Engine):
    with store.connect() as connection:
        first = connection.execute(
            select(s.ContextPeriod.starts_on, s.ContextPeriod.ends_on).order_by(s.ContextPeriod.starts_on)
        ).first()
    assert first == (date(2020, 3, 17), date(2020, 5, 11))
