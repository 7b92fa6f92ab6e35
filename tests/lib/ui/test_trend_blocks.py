import pandas as pd

from lib.ui.trend_blocks import MAX_PANEL_TITLE, panel_titles

LONG = "Agression physique d’un personnel"


def test_titles_that_would_read_the_same_keep_their_last_words():
    first, second, short = panel_titles(pd.Series([f"{LONG} sans arme", f"{LONG} avec arme", "Tags et graffitis"]))
    assert first.endswith("sans arme")
    assert second.endswith("avec arme")
    assert first.split()[0] == second.split()[0] == "Agression"
    assert short == "Tags et graffitis"
    assert max(map(len, (first, second))) <= MAX_PANEL_TITLE


def test_long_title_unlike_any_other_is_cut_at_its_end():
    (title,) = panel_titles(pd.Series([f"{LONG} sans arme"]))
    assert title.startswith(LONG[:20])
    assert title.endswith("…")
