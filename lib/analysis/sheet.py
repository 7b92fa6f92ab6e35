"""What is known of one place: composed once, drawn by the page and by every export."""

from dataclasses import dataclass

import pandas as pd

from lib.analysis.hours import HourTable
from lib.analysis.overview import Overview
from lib.analysis.peers import Peers
from lib.domain.actions import JointAction


@dataclass(frozen=True)
class Sheet:
    """One place over one period.

    Attributes:
        figures: Row of ``place_figures``: what the coverage is read from.
        overview: Counts, rates, families and types, complaints, each compared with the same months before.
        month_count: Months of the period with a fact.
        references: What its rate is read against: rows of ``with_rates``, a département each; empty at and above that
            level.
        peers: Comparable places of its level; None for the whole, for a hall, and without a report.
        situations: Up to five, of ``snapshot.sheets.situations``.
        halls: Facts by hall of a residence, of ``snapshot.sheets.hall_figures``; empty above.
        hall_states: Halls by last state known in the period, indexed by status; empty without a register of halls.
        hours: Facts by hour and day of the week.
        reasons: Why no complaint was filed: no_complaint_reason, incident_count.
        contacts: partner, function, mailbox.
        actions: Joint actions still awaited that bear on it, late ones first.
        schemes: Those running on the last day of the period: label, kind_label, starts_on, ends_on.
    """

    figures: pd.DataFrame
    overview: Overview
    month_count: int
    references: pd.DataFrame
    peers: Peers | None
    situations: pd.DataFrame
    halls: pd.DataFrame
    hall_states: pd.Series
    hours: HourTable
    reasons: pd.DataFrame
    contacts: pd.DataFrame
    actions: list[JointAction]
    schemes: pd.DataFrame
