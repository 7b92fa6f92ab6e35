import csv
import io
from datetime import date

import pandas as pd

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.clocks import Clock
from lib.domain.vocabulary import ActionIndicator, ActionStatus, LegalClockKind, Partner
from lib.exports.actions import BEYOND_SCOPE, action_headings, action_lines
from lib.exports.tables import Cell, as_csv, as_xlsx

TODAY = date(2026, 3, 10)
HERE, THERE = ActionPlace(residence_id=1), ActionPlace(residence_id=2)
ACTION = JointAction(
    title="=Reprendre le hall",
    status=ActionStatus.ONGOING,
    family_code="OCC",
    places=(HERE, THERE, ActionPlace(residence_id=3)),
    weekdays=(0, 4),
    start_minute=1080,
    end_minute=60,
    indicator=ActionIndicator.FACTS,
    target=12,
    pilot=Partner.JUSTICE,
    partners=(Partner.LANDLORD, Partner.POLICE),
    cost_euros=1234.5,
    due_on=date(2026, 3, 9),
    clocks=(
        Clock(LegalClockKind.WARDEN_REPORT, date(2026, 3, 2)),
        Clock(LegalClockKind.PREFECT_INJUNCTION, date(2026, 3, 1), date(2026, 3, 4)),
    ),
    action_id=7,
    version=2,
)


def lines_of(actions: list[JointAction], *, is_synthetic: bool = False) -> list[list[Cell]]:
    decided_by = {7: "Comité de pilotage (COPIL) du 15 janvier 2026, Bilan"}
    told = {"departements": {7: "Essonne, Seine-et-Marne"}, "decided_by": decided_by}
    return action_lines(actions, {HERE: "Résidence 1"}, **told, on=TODAY, is_synthetic=is_synthetic)


def told(action: JointAction, *, is_synthetic: bool = False) -> dict[str, object]:
    lines = lines_of([action], is_synthetic=is_synthetic)
    return dict(zip(map(str, lines[-2]), lines[-1], strict=True))


def test_each_word_stands_under_its_heading():
    line = told(ACTION)
    assert (line["Numéro"], line["En retard"], line["État"], line["Famille de faits"]) == (
        7,
        "oui",
        "En cours",
        "Occupation",
    )
    assert line["Jours et heures"] == "lundi et vendredi, de 18\u00a0h à 1\u00a0h"
    assert (line["Indicateur"], line["Valeur visée"], line["Valeur de départ"]) == ("Faits recensés", 12, None)
    assert (line["Pilote"], line["Partenaires"]) == ("Parquet", "Bailleur, Police nationale")
    assert (line["Coût (€)"], line["Échéance"]) == (1234.5, date(2026, 3, 9))


def test_each_legal_delay_has_cells_of_its_own_and_days_stay_days():
    line = told(ACTION)
    heads = ("", ", départ", ", au plus tard", ", fait le")
    assert [line[f"Délai légal 1{head}"] for head in heads] == [
        "Réponse à l’injonction du préfet",
        date(2026, 3, 1),
        date(2026, 3, 16),
        date(2026, 3, 4),
    ]
    assert [line[f"Délai légal 2{head}"] for head in heads] == [
        "Envoi du procès-verbal du garde assermenté",
        date(2026, 3, 2),
        date(2026, 3, 7),
        None,
    ]
    *_, first, second = lines_of([ACTION, JointAction("A", action_id=8)])
    assert len(first) == len(second) == len(action_headings([ACTION]))
    assert second[-8:] == [None] * 8
    assert action_headings([])[-4:] == ["Délai légal 1", *(f"Délai légal 1{head}" for head in heads[1:])]


def test_departements_of_an_action_are_named():
    assert told(ACTION)["Département"] == "Essonne, Seine-et-Marne"
    assert told(JointAction("A"))["Département"] == ""


def test_meeting_that_decided_an_action_is_named_and_dated():
    assert told(ACTION)["Réunion"] == "Comité de pilotage (COPIL) du 15 janvier 2026, Bilan"
    assert told(JointAction("A", action_id=8))["Réunion"] == ""


def test_places_beyond_the_scope_are_said_once_without_a_name():
    assert told(ACTION)["Lieux"] == f"Résidence 1, {BEYOND_SCOPE}"
    assert told(JointAction("A", places=(HERE,)))["Lieux"] == "Résidence 1"


def test_action_that_says_little_has_blank_cells():
    line = told(JointAction("A"))
    assert (line["En retard"], line["Jours et heures"], line["Pilote"], line["Échéance"]) == ("non", "", "", None)


def test_file_says_the_day_that_delays_are_seen_from():
    assert lines_of([])[1] == ["Retards", "vus du 10 mars 2026"]


def test_invented_store_is_said():
    assert str(lines_of([], is_synthetic=True)[0][1]).startswith("Données fictives. ")
    assert "fictives" not in str(lines_of([])[0][1])


def test_files_are_read_back():
    lines = lines_of([ACTION])
    rows = list(csv.reader(io.StringIO(as_csv(lines).decode("utf-8-sig")), delimiter=";"))
    assert rows[3] == action_headings([ACTION])
    assert rows[4][4] == "'=Reprendre le hall"
    content = as_xlsx(lines, sheet="Interventions", headings=action_headings([ACTION]))
    book = pd.read_excel(io.BytesIO(content), header=3, engine="calamine")
    assert book["Titre"].tolist() == ["=Reprendre le hall"]
    assert book["Coût (€)"].tolist() == [1234.5]
    for head, day in (("Échéance", 9), ("Délai légal 1, fait le", 4), ("Délai légal 2, au plus tard", 7)):
        assert book[head].tolist() == [pd.Timestamp(2026, 3, day)]
    assert book["Valeur visée"].tolist() == [12]
