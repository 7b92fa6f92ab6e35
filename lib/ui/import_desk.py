"""What the blocks of the import page share: the landlord handled, the steps they call, faults told in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import streamlit as st
from markupsafe import Markup
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from lib.errors import ObservatoryError
from lib.store.housing import landlords
from lib.ui import components as c
from lib.ui import data
from lib.ui.session import Visit

BUSY = "La base est occupée ou ne répond pas\u00a0: rien n’a été écrit, recommencez dans un instant."


@dataclass(frozen=True)
class Desk:
    """One landlord's register at the desk.

    Attributes:
        engine: The store.
        steps: ``lib.ingest.desk``, given by the page: this folder may not import ``lib.ingest``.
    """

    engine: Engine
    steps: Any
    landlord_id: int
    landlord_code: str
    landlord_name: str


def choose_landlord(visit: Visit, steps: Any) -> Desk | None:
    """The desk of the landlord chosen; None in a store without any, which then says what to do first."""
    found = data.record(landlords, visit.snapshot)
    if found.empty:
        c.empty(
            "Aucun bailleur n’est connu",
            "Un registre se rattache à des résidences, et les résidences à un bailleur.",
            "Importez d’abord une liste de résidences (guide «\u00a0Premiers pas\u00a0»).",
        )
        return None
    named = {int(row.landlord_id): row for row in found.sort_values("landlord_name").itertuples()}
    chosen = st.selectbox(
        "Bailleur du registre", list(named), format_func=lambda key: named[key].landlord_name, key="import-landlord"
    )
    row = named[chosen]
    return Desk(data.engine(), steps, chosen, str(row.landlord_code), str(row.landlord_name))


@contextmanager
def faults_told() -> Iterator[None]:
    """Draws the fault of a file or of a demand as one sentence, in place of what follows in the block."""
    try:
        yield
    except ObservatoryError as fault:
        refusal(str(fault))
    except OperationalError:
        refusal(BUSY)


def refusal(sentence: str) -> None:
    """What to do, on the ochre of errors: a sentence, or one per line."""
    lines = Markup("").join(Markup("<p>{}</p>").format(line) for line in sentence.splitlines())
    c.html(Markup('<div class="o-empty o-fail" role="alert">{}</div>').format(lines))


def note(sentence: str) -> None:
    """What was just done."""
    c.html(Markup('<div class="o-empty" role="status"><p>{}</p></div>').format(sentence))


def remember(key: str, asked: object, found: Any) -> Any:
    """Keeps what was found for what was asked, in this session alone; ``found`` itself."""
    st.session_state[key] = (asked, found)
    return found


def remembered(key: str, asked: object) -> Any | None:
    """What was found, if the same was asked last."""
    held = st.session_state.get(key)
    return held[1] if held is not None and held[0] == asked else None
