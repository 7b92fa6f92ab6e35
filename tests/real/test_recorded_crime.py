from collections import defaultdict
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from lib.analysis.recorded import class_series, index_series
from lib.domain.recorded import INDEXES, Tie
from lib.ingest.official.competence import read_competence
from lib.ingest.territories import import_territory, load_reference
from lib.store import nomenclature, official_statistics
from lib.store.engine import open_store
from lib.store.recorded_services import district_crimes, service_ties, ties_of
from tests.real.test_val_doise import COMPETENCE, RECORDED_CRIME, SSMSI

pytestmark = pytest.mark.real

EDITION = date(2026, 8, 1)
OWN = "95"  # Val-d'Oise
REGION = {"75", "77", "78", "91", "92", "93", "94", OWN}
TERRITORIAL = {"", "DCSP", "DSPAP", "DTPN"}
# Where no company is established, the sheet says so and shows those of the département.
WITH_A_COMPANY = {"d'Écouen", "de Domont", "de Marines", "de Vigny", "de l'Isle-Adam"}


@pytest.fixture(scope="module")
def loaded(real_data, tmp_path_factory):
    engine = open_store(f"sqlite:///{tmp_path_factory.mktemp('recorded') / 'store.db'}")
    load_reference(engine)
    for name in (COMPETENCE, SSMSI, RECORDED_CRIME):
        import_territory(engine, real_data / name, valid_from=EDITION, imported_by="essai")
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def sheets(real_data) -> dict[tuple, dict[str, int]]:
    """The workbook read on its own: counts by index of each force, département, service and year of the region."""
    workbook, counts = CalamineWorkbook.from_path(real_data / RECORDED_CRIME), {}
    for name in workbook.sheet_names:
        if not name.startswith("Services "):
            continue
        _, force, year = name.split()
        cells = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
        head = 3 if force == "PN" else 2
        for place in range(2, len(cells[0])):
            departement, perimeter = str(cells[0][place]).strip(), str(cells[1][place]).strip()
            if departement in REGION and (force == "GN" or perimeter in TERRITORIAL):
                own = {str(int(row[0])): int(row[place]) for row in cells[head:] if row[place] != ""}
                counts[force, departement, str(cells[head - 1][place]).strip(), int(year)] = own
    return counts


@pytest.fixture(scope="module")
def services(real_data) -> dict[tuple[str, str], str]:
    """Force and name of every service of the region, with its département."""
    read = read_competence(real_data / COMPETENCE).dropna(subset=["district_name"])
    return {(row.force, row.district_name): row.commune_code[:2] for row in read.itertuples()}


def test_every_service_and_year_of_the_workbook_is_in_the_table_and_the_table_holds_no_other(sheets):
    told = service_ties()
    told = told[told["service_name"] != ""]
    listed = {
        (row.force, row.departement_code, row.service_name, year)
        for row in told.itertuples()
        for year in range(int(row.first_year), int(row.last_year) + 1)
    }
    known = {key for key in sheets if "SECURISATION" not in key[2]}  # security companies are told apart when read
    # «BRF DEPART SECURISATION GENERALE» and the four companies.
    assert len({key[2] for key in sheets} - {key[2] for key in known}) == 5
    assert listed == known


def test_every_service_of_the_region_is_in_the_table_under_its_own_departement(services):
    told = service_ties()
    named = {(row.force, row.district_name): row.departement_code for row in told.itertuples() if row.district_name}
    assert named == services


def test_the_21_services_of_val_doise_open_with_their_counts_of_the_workbook(loaded, sheets, services):
    own = [key for key, departement in services.items() if departement == OWN]
    assert len(own) == 21
    with loaded.connect() as connection:
        types = nomenclature.incident_types(connection)
        for force, name in own:
            series = index_series(district_crimes(connection, force, name), types)
            assert [one.label for one in series] == [index.label for index in INDEXES], name
            for index, one in zip(INDEXES, series, strict=True):
                told = {int(year): int(count) for year, count in one.cells["fact_count"].dropna().items()}
                assert told == expected(sheets, force, name, index.code), (name, index.code)
                assert set(told) == set(range(2012, 2021)), name


def expected(sheets: dict[tuple, dict[str, int]], force: str, name: str, code: str) -> dict[int, int]:
    """Sum of the columns of the workbook that the carried table ties to a service, year by year."""
    totals: dict[int, int] = defaultdict(int)
    for row in ties_of(force, name).itertuples():
        if row.tie != Tie.NONE:
            for year in range(int(row.first_year), int(row.last_year) + 1):
                totals[year] += sheets[force, row.departement_code, row.service_name, year][code]
    return dict(totals)


def test_police_of_val_doise_is_whole_the_six_services_of_today_hold_all_its_counts_since_2017(sheets, services):
    """Residual columns apart: nothing of the territorial police of the département is lost or counted twice."""
    police = [name for (force, name), departement in services.items() if (force, departement) == ("PN", OWN)]
    for year in range(2017, 2021):
        tied = sum(expected(sheets, "PN", name, "27").get(year, 0) for name in police)
        columns = [key for key in sheets if key[:2] == ("PN", OWN) and key[3] == year and key[2][:2] in {"CI", "CS"}]
        assert 0 <= sum(sheets[key]["27"] for key in columns) - tied <= 3, year


def test_five_brigades_have_their_company_and_ten_all_those_of_the_departement(services):
    brigades = [name for (force, name), departement in services.items() if (force, departement) == ("GN", OWN)]
    alone = [name for name in brigades if set(ties_of("GN", name)["tie"]) == {Tie.WIDER}]
    assert {name.removeprefix("Gendarmerie - Brigade ") for name in alone} == WITH_A_COMPANY
    others = set(brigades) - set(alone)
    assert len(others) == 10
    assert {tie for name in others for tie in ties_of("GN", name)["tie"]} == {Tie.DEPARTEMENT}


def test_columns_of_2019_are_in_the_order_of_2020_for_seine_et_marne(sheets):
    """Why they are not taken up: put back in that order, each follows its own service within a quarter."""
    seats = "COULOMMIERS FONTAINEBLEAU LAGNY MEAUX MELUN MONTEREAU NOISIEL PROVINS VILLEPARISIS"
    order = [*seats.split(), "CHELLES", "CHESSY", "MOISSY", "MORET", "NEMOURS", "PONTAULT"]

    def totals(year: int) -> dict[str, int]:
        own = {key[2]: sum(sheets[key].values()) for key in sheets if key[:2] == ("PN", "77") and key[3] == year}
        return {name: count for name, count in own.items() if name.startswith("CIAT")}

    before, misplaced = totals(2018), list(totals(2019).values())
    own = [next(count for name, count in before.items() if seat in name) for seat in order]
    assert all(0.75 < after / count < 1.33 for count, after in zip(own, misplaced, strict=True))
    as_published = [after / count for count, after in zip(before.values(), misplaced, strict=True)]
    assert sum(not 0.75 < ratio < 1.33 for ratio in as_published) > 10


def test_departement_has_the_classes_of_its_edition_with_their_units(loaded):
    with loaded.connect() as connection:
        rows = official_statistics.ssmsi_departement(connection, OWN)
        series = class_series(rows, nomenclature.incident_types(connection))
    # The edition of 2023 has no class of drugs, and the violences under their earlier names.
    assert {one.label: (one.unit, int(one.cells.at[2022, "fact_count"])) for one in series} == {
        "Autres coups et blessures volontaires": ("victimes", 3063),
        "Destructions et dégradations volontaires": ("infractions", 11_228),
        "Coups et blessures volontaires intrafamiliaux": ("victimes", 4074),
        "Vols violents sans arme": ("infractions", 1657),
        "Cambriolages de logement": ("infractions", 3877),
    }
