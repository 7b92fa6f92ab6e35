"""An invented committee: three meetings of two départements, what they decided, and where it is."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pandas as pd
from sqlalchemy import Connection

from lib.demo.names import QUARTER_NAMES
from lib.demo.stories import PATROL_QUARTER, WARDENS_QUARTER, Cast
from lib.domain.actions import ActionPlace, JointAction
from lib.domain.clocks import Clock
from lib.domain.meetings import Decision, Meeting
from lib.domain.vocabulary import (
    ActionIndicator,
    ActionKind,
    ActionStatus,
    LegalClockKind,
    MeetingBody,
    Partner,
)
from lib.store import territories
from lib.store.actions import save_action
from lib.store.meetings import save_meeting
from lib.store.revisions import Change

MARCH, JUNE, SEPTEMBER = date(2026, 3, 12), date(2026, 6, 18), date(2026, 9, 17)
PRESENT = (Partner.PREFECTURE, Partner.LANDLORD, Partner.POLICE, Partner.GENDARMERIE, Partner.JUSTICE)
EVENING, NIGHT = 18 * 60, 2 * 60
WEEKEND = (4, 5)


@dataclass(frozen=True)
class Planned:
    """An action as its meeting first wrote it, and what became of it.

    Attributes:
        decided_on: The meeting that wrote it.
        action: At first.
        decision: What the meeting wrote of it.
        changes: Day, author and what changed, in order.
    """

    decided_on: date
    action: JointAction
    decision: str
    changes: tuple[tuple[date, Partner, dict], ...] = ()


def save_actions(made: Change, residences: pd.DataFrame, incidents: pd.DataFrame, cast: Cast) -> None:
    """Writes the meetings, their actions and every change made since.

    Args:
        made: The transaction, residences and neighbourhoods written.
        residences: ``residence_id`` by row number.
        incidents: ``residence`` (a row number), ``type_code`` and ``occurred_on``.
        cast: Who plays.
    """
    plans = _plans(made.connection, residences["residence_id"], incidents, cast)
    for held_on in (MARCH, JUNE, SEPTEMBER):
        own = [plan for plan in plans if plan.decided_on == held_on]
        decisions = tuple(Decision(plan.decision, _saved(made, plan)) for plan in own)
        label = "Essonne et Seine-et-Marne"
        meeting = Meeting(MeetingBody.COPIL, held_on, label, partners=PRESENT, decisions=decisions)
        save_meeting(made, meeting, by=Partner.PREFECTURE, at=_noon(held_on))


def _saved(made: Change, plan: Planned) -> int:
    action = save_action(made, plan.action, by=Partner.PREFECTURE, at=_noon(plan.decided_on))
    for day, author, change in plan.changes:
        action = save_action(made, replace(action, **change), by=author, at=_noon(day))
    assert action.action_id is not None
    return action.action_id


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def _plans(connection: Connection, residence_ids: pd.Series, incidents: pd.DataFrame, cast: Cast) -> list[Planned]:
    qpvs = territories.qpvs(connection, generation=2024).set_index("qpv_name")["qpv_id"]
    worsening = ActionPlace(residence_id=int(residence_ids.iloc[cast.worsening]))
    year = incidents["occurred_on"].between(pd.Timestamp("2025-09-01"), pd.Timestamp("2026-08-31"))
    is_occupation = incidents["type_code"].str.startswith("OCC")
    facts = int((year & is_occupation & (incidents["residence"] == cast.worsening)).sum())
    quarter = {name: ActionPlace(qpv_id=int(qpvs[QUARTER_NAMES[rank]])) for name, rank in _QUARTERS.items()}
    of_quarters = [plan(quarter) for plan in (_walk, _calls, _lights, _camera, _visit)]
    return [*of_quarters, _rounds(worsening, facts), _injunction(worsening)]


_QUARTERS = {"wardens": WARDENS_QUARTER, "patrol": PATROL_QUARTER, "other": 2}


def _walk(quarter: dict[str, ActionPlace]) -> Planned:
    action = JointAction(
        "Marche exploratoire avec les habitants",
        problem="Cheminements mal éclairés et halls évités le soir, signalés par les gardiens.",
        family_code="OCC",
        places=(quarter["wardens"],),
        objective="Diviser par deux les occupations signalées le soir",
        indicator=ActionIndicator.FACTS,
        baseline=55,
        target=27,
        months_measured=12,
        pilot=Partner.MUNICIPALITY,
        partners=(Partner.LANDLORD, Partner.POLICE, Partner.MEDIATION),
        means="Deux soirées, éclairage repris par le bailleur",
        cost_euros=18000,
        tfpb_pct=60,
        status=ActionStatus.DECIDED,
        starts_on=date(2026, 4, 1),
        due_on=date(2026, 6, 15),
        evaluated_on=date(2026, 12, 1),
    )
    changes = (
        (date(2026, 4, 7), Partner.MUNICIPALITY, {"status": ActionStatus.ONGOING}),
        (date(2026, 6, 12), Partner.MUNICIPALITY, {"status": ActionStatus.DONE}),
    )
    return Planned(MARCH, action, "Organiser une marche exploratoire avant l’été.", changes)


def _calls(quarter: dict[str, ActionPlace]) -> Planned:
    action = JointAction(
        "Appels aux locataires isolés",
        kind=ActionKind.SOCIAL,
        problem="Locataires âgés qui ne sortent plus le soir.",
        places=(quarter["patrol"],),
        indicator=ActionIndicator.CALLS,
        target=180,
        volume=180,
        volume_unit="appels",
        pilot=Partner.LANDLORD,
        partners=(Partner.MEDIATION,),
        status=ActionStatus.DECIDED,
        starts_on=date(2026, 4, 1),
        due_on=date(2026, 8, 31),
    )
    changes = ((date(2026, 9, 2), Partner.LANDLORD, {"status": ActionStatus.DONE, "volume_done": 171, "reached": 171}),)
    return Planned(MARCH, action, "Appeler chaque locataire de plus de 75 ans vivant seul.", changes)


def _lights(quarter: dict[str, ActionPlace]) -> Planned:
    action = JointAction(
        "Remise en état de l’éclairage et des portes de hall",
        problem="Portes forcées et éclairage neutralisé à répétition.",
        family_code="BIE",
        places=(quarter["other"],),
        objective="Réparer sous 48 heures",
        indicator=ActionIndicator.FACTS,
        target=10,
        months_measured=3,
        pilot=Partner.LANDLORD,
        partners=(Partner.LANDLORD, Partner.MUNICIPAL_POLICE),
        means="Marché de réparation, budget de l’abattement de TFPB",
        cost_euros=42000,
        tfpb_pct=100,
        status=ActionStatus.DECIDED,
        starts_on=date(2026, 7, 1),
        due_on=date(2026, 9, 30),
    )
    changes = ((date(2026, 7, 6), Partner.LANDLORD, {"status": ActionStatus.ONGOING}),)
    return Planned(JUNE, action, "Réparer éclairage et portes avant la rentrée.", changes)


def _camera(quarter: dict[str, ActionPlace]) -> Planned:
    action = JointAction(
        "Caméra nomade au droit du parking",
        problem="Rodéos signalés le week-end.",
        family_code="OCC",
        places=(quarter["patrol"],),
        weekdays=WEEKEND,
        start_minute=EVENING,
        end_minute=NIGHT,
        pilot=Partner.MUNICIPALITY,
        partners=(Partner.POLICE,),
        status=ActionStatus.PROPOSED,
        due_on=date(2026, 10, 15),
    )
    abandoned = {"status": ActionStatus.ABANDONED, "abandon_reason": "Avis défavorable sur l’emplacement proposé."}
    changes = ((date(2026, 9, 10), Partner.MUNICIPALITY, abandoned),)
    return Planned(JUNE, action, "Étudier une caméra nomade.", changes)


def _rounds(worsening: ActionPlace, facts: int) -> Planned:
    action = JointAction(
        "Passages coordonnés et réquisition permanente",
        problem="Halls occupés chaque soir, trafic installé, personnels menacés.",
        family_code="OCC",
        places=(worsening,),
        weekdays=tuple(range(7)),
        start_minute=EVENING,
        end_minute=NIGHT,
        objective="Diviser par deux les occupations recensées sur douze mois",
        indicator=ActionIndicator.FACTS,
        baseline=facts,
        target=facts // 2,
        months_measured=12,
        pilot=Partner.POLICE,
        partners=(Partner.LANDLORD, Partner.POLICE, Partner.JUSTICE, Partner.MUNICIPALITY),
        means="Réquisition permanente (CSI art. L272-3), point mensuel au GPO",
        status=ActionStatus.DECIDED,
        starts_on=date(2026, 9, 21),
        due_on=date(2026, 12, 31),
        evaluated_on=date(2027, 10, 1),
    )
    changes = ((date(2026, 9, 22), Partner.POLICE, {"status": ActionStatus.ONGOING}),)
    decision = "Agir ensemble sur la résidence la plus exposée, avec un point mensuel."
    return Planned(SEPTEMBER, action, decision, changes)


def _injunction(worsening: ActionPlace) -> Planned:
    action = JointAction(
        "Réponse à l’injonction du préfet",
        problem="Injonction d’agir pour la résiliation d’un bail, en raison d’un trafic.",
        family_code="TRA",
        places=(worsening,),
        pilot=Partner.LANDLORD,
        partners=(Partner.PREFECTURE, Partner.JUSTICE),
        clocks=(Clock(LegalClockKind.WARDEN_REPORT, date(2026, 9, 14), date(2026, 9, 16)),),
        status=ActionStatus.DECIDED,
        starts_on=SEPTEMBER,
    )
    clocks = (*action.clocks, Clock(LegalClockKind.PREFECT_INJUNCTION, date(2026, 10, 22)))
    changes = ((date(2026, 10, 23), Partner.LANDLORD, {"clocks": clocks}),)
    return Planned(SEPTEMBER, action, "Répondre dans le délai légal à toute injonction.", changes)


def _visit(quarter: dict[str, ActionPlace]) -> Planned:
    action = JointAction(
        "Visite de gestion urbaine de proximité",
        problem="Dépôts sauvages et épaves en hausse.",
        family_code="CAD",
        places=(quarter["other"],),
        pilot=Partner.MUNICIPALITY,
        partners=(Partner.LANDLORD, Partner.MUNICIPAL_POLICE),
        status=ActionStatus.PROPOSED,
        due_on=date(2026, 11, 30),
    )
    return Planned(SEPTEMBER, action, "Proposer une visite commune avant l’hiver.")
