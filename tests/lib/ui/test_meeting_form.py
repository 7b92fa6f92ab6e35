import numpy as np
import pandas as pd

from lib.domain.meetings import Decision
from lib.ui.meeting_form import read_decisions

KEYS = {"7. Rondes": 7}


def rows(*lines: tuple) -> pd.DataFrame:
    return pd.DataFrame(lines, columns=["text", "action"], dtype=object)


def test_lines_that_say_something_are_the_decisions_in_their_order():
    read = read_decisions(rows(("Passer", "7. Rondes"), ("Se revoir", None), (None, "7. Rondes")), KEYS)
    assert read == (Decision("Passer", 7), Decision("Se revoir"), Decision("", 7))


def test_empty_lines_are_left_out():
    assert read_decisions(rows((None, None), ("  ", None), (np.nan, np.nan)), KEYS) == ()


def test_action_that_is_no_longer_offered_is_no_link():
    assert read_decisions(rows(("Passer", "8. Autre")), KEYS) == (Decision("Passer"),)
