import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import Engine

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.scope import Scope
from lib.domain.vocabulary import ActionStatus, Partner
from lib.store import schema as s
from lib.store.actions import save_action
from lib.store.engine import open_store
from lib.store.revisions import change
from lib.ui import data
from lib.ui.annotations import marked
from lib.ui.session import Visit
from tests.conftest import with_nomenclature
from tests.factories import add, small_store

HERE = (ActionPlace(residence_id=1),)


@pytest.fixture
def own(small: str, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The small store, that the test writes to and the process reads in place of the common one."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'store.db')}"
    engine = open_store(url)
    monkeypatch.setenv("DATABASE_URL", url)
    yield small_store(with_nomenclature(engine))
    engine.dispose()
    data.store(url).dispose()


def fill(engine: Engine, *made: JointAction, is_with_scheme: bool = False) -> None:
    with change(engine, "essai") as opened:
        for action in made:
            save_action(opened, action, by=Partner.LANDLORD)
        if is_with_scheme:
            scheme = {"label": "Ronde", "kind": "patrol", "starts_on": date(2026, 1, 15), "ends_on": None, "qpv_id": 1}
            add(opened, s.Scheme, scheme)


def dated(title: str, status: ActionStatus, day: date | None, due_on: date | None = None) -> JointAction:
    return JointAction(title, status=status, places=HERE, starts_on=day, due_on=due_on)


def lines(visit: Visit) -> list[tuple]:
    rows = marked(visit)
    days = [[None if pd.isna(day) else pd.Timestamp(day).date() for day in rows[n]] for n in ("starts_on", "ends_on")]
    return list(zip(rows["label"], *days, strict=True))


def test_actions_decided_running_or_done_stand_beside_the_schemes_by_first_day(
    own: Engine, visit: Callable[..., Visit]
):
    fill(
        own,
        dated("Décidée", ActionStatus.DECIDED, date(2026, 2, 2)),
        dated("Faite", ActionStatus.DONE, date(2026, 1, 5), date(2026, 1, 31)),
        dated("Proposée", ActionStatus.PROPOSED, date(2026, 1, 5)),
        dated("Sans date", ActionStatus.ONGOING, None),
        is_with_scheme=True,
    )
    assert lines(visit()) == [
        ("Faite", date(2026, 1, 5), date(2026, 2, 1)),
        ("Ronde", date(2026, 1, 15), None),
        ("Décidée", date(2026, 2, 2), None),
    ]


def test_names_of_one_day_are_in_the_order_of_french(own: Engine, visit: Callable[..., Visit]):
    day = date(2026, 1, 15)
    fill(own, *(dated(title, ActionStatus.DONE, day) for title in ("Éclairage", "Zone", "Eau")), is_with_scheme=True)
    assert [line[0] for line in lines(visit())] == ["Eau", "Éclairage", "Ronde", "Zone"]


def test_schemes_alone_and_actions_alone_are_marked_too(own: Engine, visit: Callable[..., Visit]):
    assert lines(visit()) == []
    fill(own, dated("En cours", ActionStatus.ONGOING, date(2026, 2, 2)))
    assert lines(visit()) == [("En cours", date(2026, 2, 2), None)]


def test_another_landlord_sees_no_mark(own: Engine, visit: Callable[..., Visit]):
    fill(own, dated("En cours", ActionStatus.ONGOING, date(2026, 2, 2)))
    assert lines(visit(Scope(landlord_ids=frozenset({2})))) == []
    assert lines(visit(residence_ids=(3,))) == []
