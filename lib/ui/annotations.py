"""What partners set up or did in the places of a selection, as marks on its months."""

import pandas as pd

from lib.domain.filters import IncidentFilter
from lib.domain.labels import alphabetical
from lib.domain.vocabulary import ActionStatus
from lib.snapshot import directory
from lib.snapshot.actions import joint_actions
from lib.ui.session import Visit

BEGUN = (ActionStatus.DECIDED, ActionStatus.ONGOING, ActionStatus.DONE)
ACTION = "Intervention conjointe"


def marked(visit: Visit, chosen: IncidentFilter | None = None) -> pd.DataFrame:
    """Schemes, and joint actions decided, running or done that have a first day.

    Returns:
        As ``directory.schemes``: label, kind_label, starts_on, ends_on (the day after the last; missing while it goes
        on), by first day then name.
    """
    asked = {"chosen": chosen} if chosen is not None else {}
    schemes = visit.ask(directory.schemes, **asked)
    actions = visit.ask(joint_actions, **asked)
    actions = actions[actions["status"].isin(BEGUN) & actions["starts_on"].notna()]
    if actions.empty:
        return schemes
    rows = pd.DataFrame(
        {
            "label": actions["title"],
            "kind_label": ACTION,
            "starts_on": pd.to_datetime(actions["starts_on"]),
            "ends_on": pd.to_datetime(actions["due_on"]) + pd.Timedelta(days=1),
        }
    )
    held = schemes.assign(**{name: pd.to_datetime(schemes[name]) for name in ("starts_on", "ends_on")})
    parts = [part for part in (held, rows) if len(part)]
    named = pd.concat(parts).sort_values("label", key=lambda labels: labels.map(alphabetical), kind="stable")
    return named.sort_values("starts_on", kind="stable", ignore_index=True)
