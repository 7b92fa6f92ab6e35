from dataclasses import replace
from datetime import date

import pytest

from lib.domain.actions import ActionPlace, JointAction
from lib.domain.vocabulary import ActionStatus
from lib.exports.actions import BEYOND_SCOPE
from lib.snapshot.places import Level
from lib.ui.action_list import places_words, title
from lib.ui.action_words import Names

ON = date(2026, 2, 28)
ONGOING, PROPOSED, DONE = (JointAction("A", status=status) for status in ("ongoing", "proposed", "done"))
LATE = replace(PROPOSED, due_on=date(2026, 2, 27), status=ActionStatus.DECIDED)
KNOWN = Names({Level.RESIDENCE: {key: (f"R{key}", "") for key in range(1, 9)}}, {}, {})


@pytest.mark.parametrize(
    ("actions", "words"),
    [
        ([], "Aucune intervention conjointe n’est encore inscrite"),
        ([DONE], "Aucune intervention en cours, aucune à lancer, aucune en retard"),
        ([ONGOING, PROPOSED, PROPOSED], "1 intervention en cours, 2 à lancer, aucune en retard"),
        ([ONGOING, LATE, LATE], "2 interventions en retard, 1 en cours, 2 à lancer"),
    ],
)
def test_title_counts_what_is_late_running_and_to_begin(actions: list[JointAction], words: str):
    assert title(actions, ON).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "lieu à préciser"), (1, "R1"), (2, "R1 ; R2"), (3, "R1 ; R2 ; et 1 autre"), (5, "R1 ; R2 ; et 3 autres")],
)
def test_first_places_are_named_and_the_others_counted(count: int, words: str):
    places = tuple(ActionPlace(residence_id=key) for key in range(1, count + 1))
    assert places_words(JointAction("A", places=places), KNOWN).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ((8, 9), f"{BEYOND_SCOPE}"),
        ((1, 8, 9), f"R1 ; {BEYOND_SCOPE}"),
        ((1, 2, 3, 8, 9), f"R1 ; R2 ; et 1 autre ; {BEYOND_SCOPE}"),
    ],
)
def test_places_beyond_the_scope_are_said_once_at_the_end(keys: tuple, words: str):
    seen = replace(KNOWN, places={Level.RESIDENCE: {key: (f"R{key}", "") for key in range(1, 8)}})
    places = tuple(ActionPlace(residence_id=key) for key in keys)
    assert places_words(JointAction("A", places=places), seen).replace("\u00a0", " ") == words
