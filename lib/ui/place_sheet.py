"""The sheet of a place, asked of the snapshot: every figure of the page comes from here."""

import pandas as pd

from lib.analysis.funnel import funnel
from lib.analysis.hours import hour_table
from lib.analysis.peers import Peers, peers_of
from lib.analysis.rates import with_rates
from lib.analysis.sheet import Sheet
from lib.domain.actions import JointAction, by_urgency
from lib.domain.filters import IncidentFilter
from lib.domain.period import Period
from lib.snapshot import directory, halls, queries, sheets
from lib.snapshot.actions import joint_actions
from lib.snapshot.places import Level
from lib.store.actions import actions
from lib.ui import data
from lib.ui.action_state import today
from lib.ui.drilldown import Place, Step
from lib.ui.selection import selection
from lib.ui.session import Visit

WITH_PEERS = frozenset({Step.DEPARTEMENT, Step.DISTRICT, Step.QPV, Step.COMMUNE, Step.RESIDENCE})
INSIDE_A_RESIDENCE = frozenset({Step.RESIDENCE, Step.HALL})


def sheet_of(visit: Visit, place: Place) -> Sheet:
    """Everything known of a place; stops the page where there is nothing to tell."""
    chosen, is_inside = place.chosen, place.step in INSIDE_A_RESIDENCE
    selected = selection(visit, chosen, crumbs=place.crumbs, keeps_quiet=place.step not in {Step.ALL, Step.HALL})
    running = visit.ask(directory.schemes, chosen=chosen)
    is_running = running["ends_on"].isna() | (pd.to_datetime(running["ends_on"]) >= pd.Timestamp(visit.period.end))
    has_begun = pd.to_datetime(running["starts_on"]) < pd.Timestamp(visit.period.end)
    return Sheet(
        figures=selected.figures,
        overview=selected.overview,
        month_count=_months_touched(selected.monthly, visit.period),
        references=_references(visit, place),
        peers=_peers(visit, place),
        situations=visit.ask(sheets.situations, chosen=chosen, by_hall=is_inside),
        halls=visit.ask(sheets.hall_figures, chosen=chosen) if is_inside else pd.DataFrame(),
        hall_states=visit.ask(halls.hall_states, chosen=chosen)["status"].value_counts(),
        hours=hour_table(visit.ask(queries.facts_by_hour, chosen=chosen)),
        reasons=visit.ask(sheets.unfiled_reasons, chosen=chosen),
        contacts=visit.ask(sheets.contacts, chosen=chosen, with_landlords=is_inside),
        actions=_awaited(visit, chosen),
        schemes=running[is_running & has_begun],
    )


def _awaited(visit: Visit, chosen: IncidentFilter) -> list[JointAction]:
    """Actions that bear on the selection and are still to be done, or have a legal delay that runs."""
    bearing = set(visit.ask(joint_actions, chosen=chosen)["action_id"])
    held = [one for one in data.record(actions, visit.snapshot, visit.scope) if one.action_id in bearing]
    return by_urgency((one for one in held if one.is_open or one.next_on() is not None), today(visit))


def _months_touched(monthly: pd.DataFrame, period: Period) -> int:
    month_on = pd.to_datetime(monthly["month_on"])
    return int(month_on[month_on >= pd.Timestamp(period.start)].nunique())


def _references(visit: Visit, place: Place) -> pd.DataFrame:
    """The départements that a place lies in, with their rate; nothing at their level, nor where nothing is compared."""
    if place.step not in WITH_PEERS - {Step.DEPARTEMENT}:
        return pd.DataFrame()
    own = visit.ask(queries.place_figures, Level.DEPARTEMENT, chosen=place.chosen)
    every = visit.ask(queries.place_figures, Level.DEPARTEMENT)
    return with_rates(every[every["place_key"].isin(own["place_key"].dropna())])


def _peers(visit: Visit, place: Place) -> Peers | None:
    if place.step not in WITH_PEERS or place.key is None:
        return None
    every = with_rates(visit.ask(queries.place_figures, place.level))
    months = visit.period.month_count
    return peers_of(funnel(every, months), place.key, months)
