import pytest

from lib.ingest.lexicon import VAGUE_SCORE, Phrase, lexicon, scores, tokens

KNOWN = lexicon(
    [
        Phrase("day", tokens("date du fait")),
        Phrase("complaint", tokens("date de plainte")),
        Phrase("day", tokens("jour"), is_vague=True),
        Phrase("none", ()),
    ],
    unknown_weight=1.0,
)


def near(text: str) -> dict[str, float]:
    return scores(KNOWN, tokens(text))


def test_words_lose_their_accents_their_plural_and_the_small_ones():
    assert tokens("Dépôts de déchets dans les locaux") == ("depot", "dechet", "local")
    assert tokens("Animaux") == ("animal",)


def test_numbers_count_only_when_nothing_else_is_said():
    assert tokens("Hall 2") == ("hall",)
    assert tokens("1") == ("1",)


def test_abbreviations_and_glued_words_are_read_in_headings_only():
    assert tokens("DT_EVT", is_heading=True) == ("date", "evenement")
    assert tokens("NomResidence", is_heading=True) == ("nom", "residence")
    assert tokens("C.P.", is_heading=True) == ("postal",)
    assert tokens("N") == ("n",)


def test_a_phrase_said_word_for_word_scores_one_in_any_order():
    assert near("Date des faits")["day"] == 1
    assert near("fait, date")["day"] == 1


def test_a_word_typed_wrong_or_cut_short_still_counts():
    assert 0.9 < near("date de plaintte")["complaint"] < 1
    assert 0.9 < near("date plain")["complaint"] < 1


def test_words_stuck_together_are_read():
    assert near("DATEFAIT")["day"] == 1


def test_a_vague_phrase_or_one_not_said_whole_is_never_near():
    assert near("jour")["day"] == VAGUE_SCORE
    assert near("fait")["day"] <= VAGUE_SCORE


def test_a_word_too_many_takes_away_from_the_score():
    # «date» is said of two codes and weighs 1 / (1 + ln 2), «fait» and «assureur» 1.
    weight = 1 / (1 + 0.6931471805599453)
    whole = weight + 1
    assert near("date fait assureur")["day"] == pytest.approx(2 * whole / (2 * whole + 1))


def test_a_text_that_shares_no_word_has_no_score():
    assert near("surface") == {}
    assert near("") == {}
