import pytest

from lib.domain.actions import JointAction
from lib.domain.objectives import COUNTED, is_met
from lib.domain.vocabulary import ActionIndicator


def action(indicator: ActionIndicator | None = ActionIndicator.FACTS, **values: float | None) -> JointAction:
    return JointAction("Rondes", indicator=indicator, **values)


@pytest.mark.parametrize(
    ("indicator", "values", "expected"),
    [
        (ActionIndicator.FACTS, {"baseline": 40, "target": 20, "reached": 20}, True),
        (ActionIndicator.FACTS, {"baseline": 40, "target": 20, "reached": 21}, False),
        (ActionIndicator.FACTS, {"target": 20, "reached": 0}, True),
        (ActionIndicator.OCCUPIED_HALLS, {"target": 2, "reached": 3}, False),
        (ActionIndicator.COMPLAINTS, {"target": 20, "reached": 19}, False),
        (ActionIndicator.CALLS, {"target": 180, "reached": 180}, True),
        (ActionIndicator.CALLS, {"target": 180, "reached": 171}, False),
        # More facts told is an aim too, where they were kept quiet.
        (ActionIndicator.FACTS, {"baseline": 5, "target": 20, "reached": 25}, True),
        (ActionIndicator.COMPLAINTS, {"baseline": 30, "target": 10, "reached": 8}, True),
        (ActionIndicator.FACTS, {"baseline": 20, "target": 20, "reached": 25}, False),
    ],
)
def test_objective_is_met_on_the_side_that_the_action_goes(indicator, values: dict, expected: bool):
    assert is_met(action(indicator, **values)) is expected


@pytest.mark.parametrize("values", [{}, {"target": 20}, {"reached": 20}])
def test_nothing_is_judged_of_what_is_not_said(values: dict):
    assert is_met(action(**values)) is None
    assert is_met(action(None, target=20, reached=20)) is None


def test_what_an_action_does_itself_is_not_counted_month_after_month():
    assert frozenset(ActionIndicator) - COUNTED == {ActionIndicator.CALLS, ActionIndicator.HOUSEHOLDS}
