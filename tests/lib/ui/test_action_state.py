from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from lib.ui.action_state import today
from lib.ui.session import Visit


def test_today_of_the_register_is_the_civil_day_and_that_of_an_invented_store_its_last_day(
    visit: Callable[..., Visit], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("lib.store.actions.today", lambda: date(2026, 4, 3))
    assert today(visit()) == date(2026, 4, 3)
    assert today(replace(visit(), is_synthetic=True)) == date(2026, 2, 28)
