import csv
import io
import re
from collections.abc import Callable
from statistics import median

import pytest
from python_calamine import CalamineWorkbook

from lib.analysis.criteria import DEFAULT_WEIGHTS, Unit
from lib.exports.tables import as_csv, as_xlsx
from lib.ui.priority import Ranked, ranked
from lib.ui.priority_table import _headings, _lacking, rows
from lib.ui.session import Visit
from tests.ranked import FACTS, FIRST, FORMULA, WORST

Year = Callable[..., Visit]


def found(visit: Visit, unit: Unit = Unit.RESIDENCE) -> Ranked:
    return ranked(visit, unit, DEFAULT_WEIGHTS, 5)


def in_file(lines: list, told: Ranked) -> list[dict]:
    """Lines of the places by their headings."""
    headings = _headings(told)
    start = lines.index(headings) + 1
    return [dict(zip(headings, line, strict=True)) for line in lines[start:]]


def number(cell: str) -> float | str:
    """A cell of the CSV as what it was written from: a number, or words."""
    return float(cell.replace(",", ".")) if re.fullmatch(r"[\d,]+", cell) else cell


@pytest.mark.parametrize("unit", list(Unit))
def test_file_has_a_line_per_place_ranked_in_their_order(year: Year, unit: Unit):
    visit = year()
    told = found(visit, unit)
    lines = in_file(rows(visit, told), told)[: len(told.places)]
    assert [line["Lieu"] for line in lines] == told.places["place_name"].tolist()
    assert [line["Faits"] for line in lines] == told.places["incident_count"].tolist()
    says_something = len(told.places) > 10
    expected = (100 * told.places["p_top_10"]).round(1).tolist() if says_something else [""] * len(lines)
    assert [line["Dans les 10 (%)"] for line in lines] == expected
    assert [line["Score (0 à 1)"] for line in lines] == told.places["score"].round(3).tolist()


@pytest.mark.parametrize("unit", list(Unit))
def test_places_of_too_little_data_end_the_file_without_a_score(year: Year, unit: Unit):
    visit = year()
    told = found(visit, unit)
    short = in_file(rows(visit, told), told)[len(told.places) :]
    assert [line["Lieu"] for line in short] == told.short["place_name"].tolist()
    for line in short:
        assert line["Bande"] == "Trop peu de données"
        assert {value for name, value in line.items() if str(name).endswith(("(%)", "(0 à 1)"))} == {""}
        assert line["Faits"] >= 0


def test_criterion_that_nobody_knows_is_not_the_median_in_the_file(year: Year):
    visit = year()
    told = found(visit)
    lines = in_file(rows(visit, told), told)
    unknown = told.places[told.places["hall_recurrence"].isna()]["place_name"].tolist()
    assert unknown
    said = {line["Lieu"]: line["Même hall (0 à 1)"] for line in lines[: len(told.places)]}
    assert [name for name, value in said.items() if value == "non renseigné"] == unknown
    assert all(isinstance(value, float) for value in said.values() if value != "non renseigné")


def test_file_says_what_its_bands_mean_or_that_they_mean_nothing(year: Year):
    visit = year()

    def bands(first_count: int) -> tuple[str, set]:
        told = ranked(visit, Unit.RESIDENCE, DEFAULT_WEIGHTS, first_count)
        lines = rows(visit, told)
        (said,) = (line[1] for line in lines if line and line[0] == "Bande")
        ranked_lines = in_file(lines, told)[: len(told.places)]
        return str(said).replace("\u00a0", " "), {line["Bande"] for line in ranked_lines}

    assert bands(5)[0] == (
        "Parmi les 5 premières : 80 % des tirages ou plus (prioritaire), 20 à 80 % (à discuter), moins (non "
        "prioritaire)."
    )
    assert bands(20) == (
        "14 résidences pour 20 places : aucune ne se distingue : ni bande ni part des tirages.",
        {""},
    )


def test_line_of_a_place_has_its_own_values(year: Year):
    visit = year()
    told = found(visit)
    line, *_ = in_file(rows(visit, told), told)
    assert (line["Lieu"], line["Commune ou force"], line["Bande"]) == ("Les Érables", "Ville-A", "Prioritaire")
    assert (line["Faits"], line["Faits, période comparée"], line["Logements"]) == (FACTS[0], FACTS[0] // 3, 100)
    assert line["Indice de gravité"] == 2 * FACTS[0]
    at = told.drawn.place_keys.get_loc(WORST)
    assert line["Persistance (0 à 1)"] == round(float(told.drawn.utilities[at, 1]), 3) == 1.0


def test_score_is_that_of_the_criteria_and_the_weights_of_the_file(year: Year):
    visit = year()
    told = found(visit)
    medians = [median(column) for column in told.drawn.utilities.T]
    for line in in_file(rows(visit, told), told)[: len(told.places)]:
        written = [value for name, value in line.items() if str(name).endswith("(0 à 1)") and name != "Score (0 à 1)"]
        values = [middle if value == "non renseigné" else value for value, middle in zip(written, medians, strict=True)]
        expected = sum(weight * value for weight, value in zip(DEFAULT_WEIGHTS.values(), values, strict=True))
        assert line["Score (0 à 1)"] == pytest.approx(expected, abs=0.002)


def test_service_is_said_with_the_word_of_its_force(year: Year):
    visit = year()
    told = found(visit, Unit.DISTRICT)
    beside = {line["Lieu"]: line["Commune ou force"] for line in in_file(rows(visit, told), told)}
    assert beside == {"Commissariat d’essai": "Police", "Brigade d’essai": "Gendarmerie"}


def test_hall_has_no_dwellings_of_its_own(year: Year):
    visit = year()
    told = found(visit, Unit.HALL)
    assert {line["Logements"] for line in in_file(rows(visit, told), told)} == {""}


def test_file_says_what_it_is_with_the_weights(year: Year):
    visit = year()
    points = {name: round(100 * weight) for name, weight in DEFAULT_WEIGHTS.items()}
    head = dict(line for line in rows(visit, ranked(visit, Unit.RESIDENCE, points, 5)) if len(line) == 2)
    assert head["Sélection"] == "Un an."
    assert (
        str(head["Poids (proposition de l’observatoire, aucun comité ne les a encore fixés)"])
        .replace("\u00a0", " ")
        .startswith("Gravité 30 ; Persistance 20 ; Tendance 15")
    )
    assert "pas des personnes" in str(head["Lecture"])
    assert "fictives" not in str(head["Lecture"])
    assert "28 février 2026" in str(head["Données"])


def test_both_files_hold_the_same_and_no_cell_runs(year: Year):
    visit = year()
    told = found(visit)
    lines = rows(visit, told)
    text = as_csv(lines).decode("utf-8-sig")
    from_csv = list(csv.reader(io.StringIO(text), delimiter=";"))
    book = CalamineWorkbook.from_filelike(io.BytesIO(as_xlsx(lines, sheet="Priorités", headings=_headings(told))))
    from_xlsx = book.get_sheet_by_name("Priorités").to_python(skip_empty_area=False)
    start = lines.index(_headings(told))
    names = [line[0] for line in from_csv[start + 1 :]]
    assert f"'{FORMULA}" in names
    assert not any(cell.startswith(("=", "+", "@")) for line in from_csv for cell in line)
    assert [line[0] for line in from_xlsx[start + 1 :]] == [name.removeprefix("'") for name in names]
    for written, kept, given in zip(from_csv[start + 1 :], from_xlsx[start + 1 :], lines[start + 1 :], strict=True):
        assert [number(cell) for cell in written[3:]] == given[3:] == kept[3:]


@pytest.mark.parametrize("unit", [Unit.RESIDENCE, Unit.DISTRICT])
def test_place_listed_apart_says_what_it_lacks(year: Year, unit: Unit):
    short = found(year(), unit).short
    said = {row.place_key: _lacking(row).replace("\u00a0", " ") for row in short.itertuples()}
    # Of the twelve months these four told of January and February 2026, one of January alone.
    months = {
        1: "17 % des mois déclarés",
        2: "17 % des mois déclarés",
        3: "17 % des mois déclarés",
        4: "8 % des mois déclarés",
    }
    assert said == (months if unit == Unit.RESIDENCE else {})


def test_place_is_ranked_or_listed_apart_never_both(year: Year):
    told = found(year())
    assert not set(told.places["place_key"]) & set(told.short["place_key"])
    assert len(told.places) + len(told.short) == len(FACTS) + 4
    assert min(told.places["place_key"]) == FIRST
