import pandas as pd
import pytest

from lib.analysis.trends import Verdict
from lib.maps.scene import Measure
from lib.snapshot.places import Level
from lib.ui.map_words import title

NAN = float("nan")


def places(*counts: int, **columns: list) -> pd.DataFrame:
    frame = {
        "map_code": [str(i) for i in range(len(counts))],
        "place_name": [f"Lieu {i}" for i in range(len(counts))],
        "incident_count": counts,
        "severity_index": counts,
        "rate_per_1000_dwellings": [100.0] * len(counts),
        "rate_low": [50.0] * len(counts),
        "verdict": [Verdict.FLAT] * len(counts),
    }
    return pd.DataFrame(frame | columns)


def said(measure: Measure, found: pd.DataFrame, level: Level = Level.COMMUNE, **whole: object) -> str:
    told = {"rate_per_1000_dwellings": 100.0, "complaint_count": 5, "eligible_count": 20, "staff_count": 3}
    row = pd.Series(told | {"incident_count": int(found["incident_count"].sum())} | whole)
    made = title(level, measure, found, residences=places(1, 2), whole=row, has_qpvs=True)
    return made.replace("\u00a0", " ")


def test_facts_are_said_by_how_few_places_hold_half_of_them():
    assert said(Measure.FACTS, places(50, 20, 20, 10)) == "1 commune sur 4 concentre la moitié des faits recensés"
    found = said(Measure.SEVERITY, places(30, 30, 20, 20), Level.QPV)
    assert found == "2 QPV sur 4 concentrent la moitié de l’indice de gravité en QPV"


def test_each_of_very_few_places_has_its_own_count():
    assert said(Measure.FACTS, places(1234, 1)) == "Lieu 0 : 1 234 faits recensés, Lieu 1 : 1"


def nowhere(*counts: int, **columns: list) -> pd.DataFrame:
    """Places, the first of which has no name."""
    return places(*counts, **columns).assign(map_code=[None, *map(str, range(1, len(counts)))])


def test_facts_of_no_place_are_part_of_the_whole_and_not_a_place():
    assert said(Measure.FACTS, nowhere(40, 30, 25, 5, 0)) == "2 communes sur 4 concentrent la moitié des faits recensés"
    assert (
        said(Measure.FACTS, nowhere(10, 20, 9, 1)) == "Lieu 0 : 10 faits recensés, Lieu 1 : 20, Lieu 2 : 9, Lieu 3 : 1"
    )
    above = nowhere(50, 50, 20, 10, 10, rate_low=[101.0, 300.0, 99.0, NAN, NAN])
    assert said(Measure.RATE, above).startswith("1 commune sur 4 au-dessus du taux d’ensemble")
    risen = nowhere(10, 10, 10, verdict=[Verdict.RISE, Verdict.RISE, Verdict.FLAT])
    assert said(Measure.CHANGE, risen) == "1 commune en hausse significative, sur 2"


@pytest.mark.parametrize(
    ("measure", "what"), [(Measure.FACTS, "des faits recensés"), (Measure.SEVERITY, "de l’indice de gravité")]
)
def test_places_that_do_not_hold_half_of_the_facts_are_not_said_to(measure: Measure, what: str):
    assert said(measure, nowhere(60, 20, 10, 5, 5)) == f"Plus de la moitié {what} sans commune renseignée"


@pytest.mark.parametrize("measure", [Measure.FACTS, Measure.RATE, Measure.SEVERITY, Measure.CHANGE])
def test_facts_of_no_place_alone_are_counted(measure: Measure):
    assert said(measure, nowhere(12)) == "12 faits recensés sans commune renseignée"
    assert said(measure, nowhere(1), Level.DEPARTEMENT) == "1 fait recensé sans département renseigné"


def test_rates_are_said_by_the_places_whose_interval_is_above_the_whole():
    above = places(50, 9, 20, 10, rate_low=[101.0, 300.0, 99.0, NAN])
    assert said(Measure.RATE, above) == (
        "1 commune sur 4 au-dessus du taux d’ensemble, 100 faits pour 1 000 logements et par an"
    )


def test_rates_that_cannot_be_told_apart_leave_the_word_to_the_counts():
    assert said(Measure.RATE, places(10, 10, 10, 10)).startswith("2 communes sur 4 concentrent")


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ("rise rise fall flat", "2 communes en hausse significative, 1 en baisse significative, sur 4"),
        ("fall few flat flat", "1 commune en baisse significative, sur 4"),
        ("flat few unknown flat", "Aucune commune sur 4 n’évolue significativement"),
        (
            "unknown unknown unknown unknown",
            "Aucune comparaison possible : communes sans déclaration sur l’une des deux périodes",
        ),
    ],
)
def test_changes_are_said_by_their_verdicts_alone(verdicts: str, expected: str):
    found = places(10, 10, 10, 10, verdict=[Verdict(word) for word in verdicts.split()])
    assert said(Measure.CHANGE, found) == expected


def test_shares_give_their_part_and_their_base():
    assert said(Measure.COMPLAINTS, places(40)) == "5 plaintes déposées sur 20 faits susceptibles de plainte, soit 25 %"
    assert said(Measure.STAFF, places(30)) == "3 faits visent le personnel sur 30 faits recensés, soit 10 %"


def test_share_on_a_base_under_ten_is_two_counts():
    found = said(Measure.COMPLAINTS, places(5), eligible_count=9)
    assert found == "5 plaintes déposées sur 9 faits susceptibles de plainte"


def test_map_without_a_quarter_tells_what_residences_have():
    assert (
        said(Measure.RATE, places(), Level.QPV) == "3 faits recensés dans 2 résidences, aucune en quartier prioritaire"
    )
