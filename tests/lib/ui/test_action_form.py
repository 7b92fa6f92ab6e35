import pytest

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.terms import ACTION_FIELDS
from lib.ui import action_form


def test_every_field_of_an_action_is_read_from_the_form():
    read = {*action_form.SAME, *action_form.LISTED, *action_form.HOURS, "places", "clocks"}
    assert read == set(ACTION_FIELDS)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((), (ActionPlace(residence_id=1),)),
        ((ActionPlace(residence_id=1),), (ActionPlace(residence_id=12),)),
        ((ActionPlace(residence_id=1),), (ActionPlace(qpv_id=1),)),
        (
            (ActionPlace(residence_id=1, hall_code="A"),),
            (ActionPlace(residence_id=1, hall_code="A-title"),),
        ),
    ],
)
def test_forms_of_new_actions_of_two_places_share_no_key(one: tuple, other: tuple):
    first, second = (f"action-{action_form._of_places(JointAction('', places=places))}-" for places in (one, other))
    assert not first.startswith(second)
    assert not second.startswith(first)
