from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from lib.analysis.criteria import GOALPOSTS, Criterion, Unit
from lib.analysis.priorities import Band, Drawn
from lib.analysis.reasons import Swap, smallest_swap
from lib.ui.priority import Ranked
from lib.ui.priority_words import (
    CRITERIA,
    MEANINGS,
    SUBJECTS,
    chance_words,
    leaving,
    quiet_words,
    reason,
    sensitivity,
    swap_words,
    title,
    value_words,
)

SEVEN = tuple(GOALPOSTS[Unit.RESIDENCE])
BANDS = {"P": Band.PRIORITY, "D": Band.DISCUSS, "N": Band.OTHER}


def place(**more: object) -> SimpleNamespace:
    values = {
        "severity": 1234.0,
        "severity_index": 250,
        "persistence": 0.75,
        "trend": 0.97,
        "previous_incident_count": 10,
        "incident_count": 30,
        "staff": 12.34,
        "staff_count": 3,
        "complaint_gap": 0.8,
        "complaint_count": 2,
        "eligible_known_count": 12,
        "reporting_month_count": 12,
        "touched_month_count": 9,
        "hall_month_count": 6,
        "hall_reporting_month_count": 12,
        "hall_recurrence": 0.5,
        "site_level": 3.0,
    }
    return SimpleNamespace(**(values | more))


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def ranking(bands: str, unit: Unit = Unit.RESIDENCE, *, is_short: bool = False) -> Ranked:
    """Places named A, B, C… with these bands, and a probability that has them."""
    chances = {"P": 0.99, "D": 0.5, "N": 0.01}
    bands = bands.ljust(11, "N") if bands and not is_short else bands  # more places than first ones
    places = pd.DataFrame(
        {
            "place_name": list("ABCDEFGHIJK"[: len(bands)]),
            "band": [BANDS[band] for band in bands],
            "p_top_10": [chances[band] for band in bands],
        }
    )
    none = np.empty((0, 7))
    drawn = Drawn(pd.Index([]), SEVEN, none, none.astype(bool), {}, 2000)
    return Ranked(unit, 10, {}, places, places.iloc[:0], drawn)


def test_every_criterion_has_its_words():
    assert set(CRITERIA) == set(SUBJECTS) == set(MEANINGS) == set(Criterion)
    for criterion in Criterion:
        assert value_words(place(), criterion, Unit.RESIDENCE)


def test_value_says_what_it_was_counted_on():
    said = {criterion: plain(value_words(place(), criterion, Unit.RESIDENCE)) for criterion in Criterion}
    assert said == {
        Criterion.SEVERITY: "1 234 pour 1 000 logements et par an (indice de 250 sur la période)",
        Criterion.PERSISTENCE: "sur 75 % des mois déclarés",
        Criterion.TREND: "10 → 30 faits, hausse probable à 97 %",
        Criterion.STAFF: "3 faits, soit 12,3 pour 1 000 logements et par an après lissage",
        Criterion.COMPLAINT_GAP: "2 plaintes pour 12 faits susceptibles de plainte dont la suite est connue, "
        "80 % sans plainte après lissage",
        Criterion.HALL_RECURRENCE: "le même hall touché sur 50 % des mois déclarés",
        Criterion.SITE_LEVEL: "rouge",
    }


def test_value_of_a_hall_has_no_dwellings_and_that_of_a_quarter_is_a_mean():
    assert plain(value_words(place(), Criterion.SEVERITY, Unit.HALL)).startswith("1 234 par an")
    assert "en moyenne des résidences" in value_words(place(), Criterion.PERSISTENCE, Unit.QPV)
    assert plain(value_words(place(site_level=1.44), Criterion.SITE_LEVEL, Unit.QPV)) == "1,4 sur 3 en moyenne"


def test_share_of_fewer_than_ten_has_no_percentage():
    few = {"reporting_month_count": 4, "touched_month_count": 3, "hall_month_count": 1, "eligible_known_count": 1}
    row = place(**few, hall_reporting_month_count=4, complaint_count=1, previous_incident_count=0, incident_count=1)
    said = {criterion: plain(value_words(row, criterion, Unit.RESIDENCE)) for criterion in Criterion}
    assert said[Criterion.PERSISTENCE] == "sur 3 mois déclarés sur 4"
    assert said[Criterion.HALL_RECURRENCE] == "le même hall touché sur 1 mois déclaré sur 4"
    assert said[Criterion.COMPLAINT_GAP] == "1 plainte pour 1 fait susceptible de plainte dont la suite est connue"
    assert said[Criterion.TREND].startswith("0 → 1 fait, ")
    assert plain(value_words(row, Criterion.PERSISTENCE, Unit.QPV)) == (
        "sur 3 mois déclarés sur 4, cumulés des résidences"
    )


def test_fact_of_a_month_nobody_told_of_never_makes_more_months_than_told():
    row = place(reporting_month_count=4, touched_month_count=5, persistence=1.0)
    assert plain(value_words(row, Criterion.PERSISTENCE, Unit.RESIDENCE)) == "sur 4 mois déclarés sur 4"


@pytest.mark.parametrize(
    ("quiet", "told", "said"),
    [
        (0, 0, "Aucune résidence n’a déclaré la moitié des mois."),
        (
            1,
            3,
            "1 résidence sur 3, parmi celles déclarées au moins la moitié des mois, connaît moins d’un fait par mois "
            "déclaré.",
        ),
        (
            15,
            20,
            "75 % des résidences (15 sur 20), parmi celles déclarées au moins la moitié des mois, connaissent moins "
            "d’un fait par mois déclaré.",
        ),
    ],
)
def test_quiet_residences_are_counted_before_they_are_a_share(quiet: int, told: int, said: str):
    assert plain(quiet_words(quiet, told, Unit.RESIDENCE)) == said


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        (Unit.QPV, "75 % des résidences en QPV (15 sur 20), parmi celles déclarées"),
        (Unit.DISTRICT, "75 % des résidences de ces services (15 sur 20), parmi celles déclarées"),
        (Unit.HALL, "75 % des halls connus par un fait ou un registre (15 sur 20), parmi ceux dont la résidence a"),
    ],
)
def test_what_is_quiet_is_named_for_each_unit(unit: Unit, said: str):
    assert plain(quiet_words(15, 20, unit)).startswith(said)
    assert plain(quiet_words(0, 0, Unit.HALL)).startswith("Aucun hall connu")


def test_territory_whose_facts_are_mostly_of_one_residence_says_so_after_its_reasons():
    main = {"main_residence_name": "Les Ipomées", "main_incident_count": 201.0, "incident_count": 249}
    parts = np.array([0.2, 0, 0, 0, 0, 0, 0])
    for unit in (Unit.QPV, Unit.DISTRICT):
        said = plain(reason(place(**main), parts, SEVEN, unit))
        assert said.endswith(" lissé. Dans une seule résidence, Les Ipomées : 201 sur 249 faits.")
        assert "seule" not in reason(place(**main | {"main_residence_name": None}), parts, SEVEN, unit)
    assert "seule" not in reason(place(**main), parts, SEVEN, Unit.RESIDENCE)


@pytest.mark.parametrize("missing", [float("nan"), None, pd.NA])
def test_value_that_nobody_knows_says_so(missing: object):
    row = place(**{criterion.value: missing for criterion in Criterion})
    assert {value_words(row, criterion, Unit.RESIDENCE) for criterion in Criterion} == {"non renseigné"}


@pytest.mark.parametrize(
    ("trend", "words"),
    [(0.9, "hausse probable"), (0.89, "ni hausse ni baisse"), (0.11, "ni hausse"), (0.1, "baisse probable")],
)
def test_direction_is_named_when_it_is_nearly_sure(trend: float, words: str):
    assert words in value_words(place(trend=trend), Criterion.TREND, Unit.RESIDENCE)


def test_reason_tells_the_gap_and_the_three_criteria_that_weigh_most():
    parts = np.array([0.12, 0.05, 0.02, 0.04, -0.03, 0.0, 0.01])
    assert plain(reason(place(), parts, SEVEN, Unit.RESIDENCE)) == (
        "21 points au-dessus de la médiane : indice de gravité de 1 234 pour 1 000 logements et par an, lissé ; "
        "des faits sur 75 % des mois déclarés ; 3 faits envers le personnel."
    )


def test_rise_is_a_reason_only_when_it_is_nearly_sure():
    parts = np.array([0.05, 0, 0.12, 0, 0, 0, 0])
    assert "hausse probable à 97 %" in plain(reason(place(), parts, SEVEN, Unit.RESIDENCE))
    unsure = plain(reason(place(trend=0.89), parts, SEVEN, Unit.RESIDENCE))
    assert unsure == (
        "17 points au-dessus de la médiane : indice de gravité de 1 234 pour 1 000 logements et par an, lissé."
    )
    alone = plain(reason(place(trend=0.89), np.array([0, 0, 0.12, 0, 0, 0, 0]), SEVEN, Unit.RESIDENCE))
    assert alone == "12 points au-dessus de la médiane, sans hausse établie."


def test_reason_leaves_out_what_would_round_to_nothing():
    parts = np.array([0.1, 0.004, 0, 0, 0, 0, 0])
    assert plain(reason(place(), parts, SEVEN, Unit.RESIDENCE)).count(" ; ") == 0


@pytest.mark.parametrize("parts", [[0.0] * 7, [-0.1] * 7, [0.004] + [0.0] * 6])
def test_place_that_nothing_lifts_says_so(parts: list[float]):
    said = reason(place(), np.array(parts), SEVEN, Unit.RESIDENCE)
    assert said == "Aucun critère ne place ce lieu au-dessus de la médiane."


@pytest.mark.parametrize(
    ("criteria", "unit", "said"),
    [
        ([], Unit.RESIDENCE, ""),
        (
            ["severity"],
            Unit.RESIDENCE,
            "Cette résidence sortirait des 10 premières si la gravité revenait à la médiane.",
        ),
        (
            ["staff"],
            Unit.HALL,
            "Ce hall sortirait des 10 premiers si les faits envers le personnel revenaient à la médiane.",
        ),
        (
            ["severity", "trend", "site_level"],
            Unit.QPV,
            "Ce QPV sortirait des 10 premiers si la gravité, la tendance ou le niveau du site revenait à la médiane.",
        ),
        (
            ["severity", "staff"],
            Unit.DISTRICT,
            "Cette circonscription sortirait des 10 premières si la gravité ou les faits envers le personnel "
            "revenaient à la médiane.",
        ),
    ],
)
def test_what_would_take_a_place_out_agrees_with_its_subject(criteria: list[str], unit: Unit, said: str):
    assert leaving([Criterion(name) for name in criteria], 10, unit) == said


def test_places_that_no_weight_sets_apart_are_level():
    assert swap_words("A", "B", Swap(0, 0.3, 0.3), SEVEN) == "A et B sont à égalité avec ces poids."


def test_swap_names_the_weight_now_and_then():
    said = plain(swap_words("A", "B", Swap(0, 0.3, 0.155), SEVEN))
    assert said == (
        "A et B échangeraient leurs places si le poids de « Gravité » allait de 30 % à 16 %, les autres gardant leurs "
        "proportions."
    )
    assert swap_words("A", "B", None, SEVEN) == "Aucun changement d’un seul poids ne met B avant A."


def test_tiny_swap_is_told_with_the_figures_that_show_it():
    assert "de 30,00 % à 29,88 %" in plain(swap_words("A", "B", Swap(0, 0.3, 0.2988), SEVEN))


def test_weight_that_the_sentence_gives_does_swap_the_two_places():
    first, second, weights = np.array([0.9, 0.1]), np.array([0.3, 0.5]), np.array([0.7, 0.3])
    swap = smallest_swap(first, second, weights)
    assert swap is not None
    assert "allait de 70 % à 40 %" in plain(swap_words("A", "B", swap, SEVEN[:2]))

    def ahead(share: float) -> bool:
        return bool(first @ [share, 1 - share] > second @ [share, 1 - share])

    assert (ahead(0.41), ahead(0.39)) == (True, False)


@pytest.mark.parametrize(
    ("chance", "said"),
    [(0, "0 %"), (0.0005, "moins de 1 %"), (0.5, "50 %"), (0.995, "plus de 99 %"), (1, "100 %")],
)
def test_chance_is_never_rounded_to_never_nor_to_always(chance: float, said: str):
    assert plain(chance_words(chance, 10, Unit.RESIDENCE)) == f"Dans les 10 premières : {said} des tirages"


@pytest.mark.parametrize(
    ("bands", "unit", "said"),
    [
        ("", Unit.QPV, "Trop peu de données pour classer les QPV"),
        ("PNN", Unit.RESIDENCE, "A d’abord"),
        ("PPD", Unit.RESIDENCE, "A et B d’abord ; 1 autre à discuter"),
        ("PPPDD", Unit.RESIDENCE, "3 résidences prioritaires, dont A et B ; 2 autres à discuter"),
        ("DD", Unit.HALL, "Aucun hall n’est prioritaire, 2 halls à discuter"),
        ("NN", Unit.DISTRICT, "Aucune circonscription ne ressort"),
    ],
)
def test_title_tells_the_finding(bands: str, unit: Unit, said: str):
    assert plain(title(ranking(bands, unit))) == said


def test_sensitivity_counts_the_places_that_may_be_first():
    said = plain(sensitivity(ranking("PPDDN")))
    assert said.startswith(
        "4 résidences peuvent être dans les 10 premières (plus de 5 % des tirages), "
        "2 y sont dans au moins 4 tirages sur 5 :"
    )
    assert plain(sensitivity(ranking("PN", Unit.HALL))).startswith("1 hall peut être dans les 10 premiers")
    assert "aucun n’y est dans au moins 4 tirages sur 5" in plain(sensitivity(ranking("DN", Unit.HALL)))


@pytest.mark.parametrize(
    ("bands", "unit", "said"),
    [
        ("DDDDDDDD", Unit.RESIDENCE, "8 résidences pour 10 places : aucune ne se distingue"),
        ("D", Unit.QPV, "1 QPV pour 10 places : aucun ne se distingue"),
    ],
)
def test_places_that_are_no_more_than_the_first_ones_do_not_stand_out(bands: str, unit: Unit, said: str):
    assert plain(title(ranking(bands, unit, is_short=True))) == said
    assert not ranking("D" * 10, is_short=True).stands_out
    assert ranking("D" * 11, is_short=True).stands_out
