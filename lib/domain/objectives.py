"""What the objective of an action asks, and whether what partners wrote that they reached meets it."""

from lib.domain.actions import JointAction
from lib.domain.vocabulary import ActionIndicator

# Counted month after month in the places of an action, unlike the calls it makes or the households it helps.
COUNTED = frozenset(ActionIndicator) - {ActionIndicator.CALLS, ActionIndicator.HOUSEHOLDS}
# An action tries to have fewer of these; more of the others.
TO_LOWER = frozenset(
    {
        ActionIndicator.FACTS,
        ActionIndicator.SEVERITY_INDEX,
        ActionIndicator.STAFF_FACTS,
        ActionIndicator.OCCUPIED_HALLS,
    }
)


def is_met(action: JointAction) -> bool | None:
    """Whether the value reached is the one aimed at, or better; None where either is not said.

    Better is on the side of the target seen from the baseline; where none is said, on that of the indicator.
    """
    if action.indicator is None or action.target is None or action.reached is None:
        return None
    lowers = action.indicator in TO_LOWER
    if action.baseline is not None and action.baseline != action.target:
        lowers = action.target < action.baseline
    return action.reached <= action.target if lowers else action.reached >= action.target
