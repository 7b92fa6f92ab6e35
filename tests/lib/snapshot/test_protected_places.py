"""A place that a protected fact alone makes known is named nowhere: it would be an address with a zero."""

from collections.abc import Iterator
from datetime import date

import pytest

from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.domain.scope import Scope
from lib.snapshot import directory, queries, search, sheets
from lib.snapshot.columnar import Snapshot
from lib.snapshot.copies import build
from lib.snapshot.places import Level
from lib.store import schema as s
from lib.store.revisions import change
from tests.conftest import ENGINES, new_store, with_nomenclature
from tests.factories import END, JANUARY, add, incident, residence, small_store

ALL = Scope.everything()
CHOSEN = IncidentFilter(Period(JANUARY, END))
SECRET = {"qpv_id": 2, "qpv_code": "QN091F2X", "generation": 2024, "qpv_name": "Secret", "departement_code": "91"}


@pytest.fixture(scope="module", params=ENGINES)
def snapshots(request, tmp_path_factory) -> Iterator[dict[str, Snapshot]]:
    """The small store with a residence of unknown dwellings, alone in its QPV and its commune: known by a protected
    fact, then by another fact too."""
    with new_store(request.param, request, tmp_path_factory.mktemp("protected")) as opened:
        engine = small_store(with_nomenclature(opened))
        with change(engine, "essai") as made:
            commune = {"commune_code": "91009", "commune_name": "Ville-S", "departement_code": "91", "outline": None}
            add(made, s.Commune, commune | {"parent_commune_code": None, "population": 10})
            add(made, s.Qpv, SECRET | {"population": None, "social_dwelling_count": None, "outline": None})
            inside = {"qpv_2024_id": 2, "qpv_2024_status": "inside", "dwelling_count": 0}
            add(made, s.Residence, residence(9, 1, "91009", **inside))
            add(made, s.Incident, incident("p1", 9, date(2026, 2, 1), "PEL-03", landlord_id=1))
        hidden = build(engine)
        with change(engine, "essai") as made:
            add(made, s.Incident, incident("p2", 9, date(2024, 2, 1), "BIE-01", landlord_id=1))
        yield {"hidden": hidden, "told": build(engine)}


def names(read: Snapshot) -> dict[str, set]:
    """What each list of places and each question says of the QPV and the commune."""
    found = search.search(search.index(read, ALL), "secret") + search.search(search.index(read, ALL), "ville s")
    return {
        "qpvs": set(directory.qpvs(read, ALL)["qpv_name"]) & {"Secret"},
        "communes": set(directory.communes(read, ALL)["commune_name"]) & {"Ville-S"},
        "search": {place.name for place in found} & {"Secret", "Ville-S"},
        "qpv_of": {sheets.qpv_of(read, "QN091F2X", ALL) is not None} - {False},
        "figures": {
            name
            for level in (Level.QPV, Level.COMMUNE)
            for name in queries.place_figures(read, level, chosen=CHOSEN, scope=ALL)["place_name"]
        }
        & {"Secret", "Ville-S"},
    }


def test_place_known_by_a_protected_fact_alone_is_named_nowhere(snapshots: dict[str, Snapshot]):
    assert {name: said for name, said in names(snapshots["hidden"]).items() if said} == {}


def test_place_that_another_fact_names_too_is_shown(snapshots: dict[str, Snapshot]):
    assert all(names(snapshots["told"]).values())
