import re
from collections.abc import Callable

import numpy as np
import pytest
from markupsafe import escape

from lib.analysis.criteria import DEFAULT_WEIGHTS, Criterion, Unit
from lib.analysis.priorities import shared
from lib.analysis.reasons import contributions
from lib.store.choices import default_rules
from lib.ui.priority import Ranked, ranked
from lib.ui.priority_list import OTHERS, reasons
from lib.ui.priority_responses import _inside, new_word, proposals
from lib.ui.priority_words import CRITERIA, SUBJECTS
from lib.ui.session import Visit
from tests.ranked import FACTS, FIRST, HTML, WORST
from tests.screen import plain

Year = Callable[..., Visit]
FIRSTS = 5


def found(visit: Visit, unit: Unit = Unit.RESIDENCE, weights=DEFAULT_WEIGHTS) -> Ranked:
    return ranked(visit, unit, weights, FIRSTS)


def articles(visit: Visit, told: Ranked) -> dict:
    return reasons(visit, told, told.places)


def bars(article: str) -> dict[str, int]:
    """Points of each bar by its name."""
    pairs = re.findall(r"<dt>(.*?)</dt><dd>.*?</dd><dd>(.*?)</dd>", article)
    return {plain(name): int(points.replace("−", "-")) for name, points in pairs}


@pytest.mark.parametrize("unit", [Unit.RESIDENCE, Unit.HALL])
def test_bars_add_up_to_the_points_of_the_sentence(year: Year, unit: Unit):
    visit = year()
    told = found(visit, unit)
    gaps = contributions(told.drawn.utilities, shared(told.weights, told.drawn.criteria)).sum(axis=1)
    sentences = 0
    for row in told.places.itertuples():
        article = articles(visit, told)[row.place_key]
        parts = bars(article)
        assert OTHERS in parts
        assert sum(parts.values()) == round(100 * gaps[row.row])
        said = re.search(r"(\d+) points? au-dessus de la médiane :", plain(article))
        if said:
            sentences += 1
            assert int(said.group(1)) == round(100 * gaps[row.row])
    assert sentences


def test_bar_is_the_weight_times_the_gap_to_the_median(year: Year):
    visit = year()
    told = found(visit)
    utilities, (first, *_) = told.drawn.utilities, told.places.itertuples()
    at = told.drawn.criteria.index(Criterion.SEVERITY)
    weight = DEFAULT_WEIGHTS[Criterion.SEVERITY] / sum(DEFAULT_WEIGHTS.values())
    gap = utilities[first.row, at] - np.median(utilities[:, at])
    assert bars(articles(visit, told)[first.place_key])["Gravité"] == pytest.approx(100 * weight * gap, abs=1)


def test_criterion_without_weight_has_an_empty_bar(year: Year):
    visit = year()
    told = found(visit, weights={Criterion.SEVERITY: 1.0})
    parts = bars(articles(visit, told)[WORST])
    assert {name: points for name, points in parts.items() if points} == {"Gravité": parts["Gravité"]}


def test_place_that_would_leave_does_leave_when_its_criterion_is_brought_to_the_median(year: Year):
    visit = year()
    told = found(visit)
    weights, utilities = shared(told.weights, told.drawn.criteria), told.drawn.utilities
    scores = utilities @ weights
    said_of = articles(visit, told)
    leaving = 0
    for row in told.places.itertuples():
        sentence = re.search(
            r"Cette résidence sortirait des 5 premières si (.*?) (?:revenait|revenaient)", plain(said_of[row.place_key])
        )
        named = {one for one in told.drawn.criteria if sentence and SUBJECTS[one] in sentence.group(1)}
        for at, criterion in enumerate(told.drawn.criteria):
            then = scores.copy()
            then[row.row] -= weights[at] * (utilities[row.row, at] - np.median(utilities[:, at]))
            is_first = (scores > scores[row.row]).sum() < FIRSTS
            is_last = (np.delete(then, row.row) >= then[row.row]).sum() >= FIRSTS
            assert (criterion in named) == (is_first and is_last)
        leaving += bool(named)
    assert leaving


def test_hostile_name_is_escaped(year: Year):
    visit = year()
    article = articles(visit, found(visit))[WORST + 1]
    assert "<img" not in article
    assert escape(HTML) in article


def test_article_tells_the_counts_the_dwellings_and_the_chance(year: Year):
    visit = year()
    said = plain(articles(visit, found(visit))[WORST])
    assert "Ville-A, 100 logements" in said
    assert f"{FACTS[0]} faits ({FACTS[0] // 3} auparavant)" in said
    assert "Prioritaire" in said
    assert re.search(r"Dans les 5 premières : \S+ ?\S* ?\S* ?% des tirages", said)


@pytest.mark.parametrize(
    ("unit", "key", "word", "begun"),
    [
        (Unit.RESIDENCE, WORST, f"residence:{WORST}", "reponse=OCC-HALL&amp;pilote=police"),
        (Unit.HALL, f"{WORST}|A|1", f"hall:{WORST}|A|1", "reponse=OCC-HALL&amp;pilote=police"),
        (Unit.QPV, 1, "quartier:QN091F1X", "reponse=OCC-HALL&amp;pilote=police"),
        (Unit.DISTRICT, 2, "service:2", "reponse=BIE&amp;pilote=landlord"),
    ],
)
def test_proposal_leads_to_a_new_intervention_at_the_place_begun_from_its_rule(
    year: Year, unit: Unit, key: object, word: str, begun: str
):
    visit = year()
    told = found(visit, unit)
    row = next(told.places[told.places["place_key"] == key].itertuples())
    assert new_word(unit, row) == word
    quoted = word.replace(":", "%3A").replace("|", "%7C")
    assert f'/interventions?nouvelle={quoted}&amp;{begun}"' in articles(visit, told)[key]


@pytest.mark.parametrize(
    ("unit", "key", "shares"),
    [
        # 90 facts of the same severity, of four types in turn: 23 occupations, 23 against staff, 22 of trafficking.
        (Unit.RESIDENCE, WORST, {"OCC-HALL": 23 / 90, "TRA": 22 / 90, "PER": 23 / 90}),
        (Unit.HALL, f"{WORST}|A|1", {"OCC-HALL": 8 / 30, "TRA": 7 / 30, "PER": 7 / 30}),
        # Four facts of the small store more: damage, occupation (5 points, not 2), staff, noise (1 point).
        (Unit.QPV, 1, {"OCC-HALL": 51 / 189, "TRA": 44 / 189, "PER": 24 / 93}),
        (Unit.DISTRICT, 1, {"PER": 24 / 205, "BIE": 134 / 205}),
    ],
)
def test_responses_are_those_of_the_types_of_the_place_in_the_order_of_the_rules(
    year: Year, unit: Unit, key: object, shares: dict
):
    visit = year()
    told = found(visit, unit)
    proposed = {one.rule.rule_code: one.share for one in proposals(visit, told, told.places)[key]}
    assert proposed == pytest.approx(shares)
    assert list(proposed) == list(shares)


def test_place_of_damage_alone_is_given_the_response_to_damage(year: Year):
    visit = year()
    told = found(visit)
    proposed = proposals(visit, told, told.places)
    assert [one.rule.rule_code for one in proposed[FIRST + 1]] == ["BIE"]
    quiet = FIRST + len(FACTS) - 1
    assert quiet not in proposed
    said = {key: plain(article) for key, article in articles(visit, told).items()}
    assert "Aucune règle ne s’applique : aucun fait n’est recensé." in said[quiet]
    few = FIRST + FACTS.index(2)
    assert "La plus proche : dégradation de parties communes et 4 autres types, 2 faits pour 3 demandés." in said[few]


def test_every_rule_that_applies_is_said_the_first_in_full_the_others_in_short(year: Year):
    visit = year()
    said = plain(articles(visit, found(visit))[WORST])
    assert "Police nationale : pilote proposé, 26 % de la gravité. Autres réponses possibles : signalement au" in said
    assert "(24 % de la gravité) ; plainte du bailleur aux côtés de l’agent (26 % des faits)." in said


def test_share_of_fewer_than_ten_facts_is_told_in_facts(year: Year):
    visit = year()
    few = next(key for key, count in enumerate(FACTS, FIRST) if count == 4)
    assert "Bailleur : pilote proposé, 4 faits sur 4." in plain(articles(visit, found(visit))[few])


def test_pilot_is_the_force_that_answers_or_either_where_that_is_not_known(year: Year):
    visit = year()
    told = found(visit, Unit.QPV)
    (alone,) = articles(visit, told).values()
    assert "Police nationale : pilote proposé" in plain(alone)
    (either,) = reasons(visit, told, told.places.assign(answering=None)).values()
    assert "Police nationale ou gendarmerie : pilote proposé" in plain(either)


def test_places_no_more_than_the_first_ones_have_no_band_and_no_chance_and_keep_their_reasons(year: Year):
    visit = year()
    for article in articles(visit, found(visit, Unit.QPV)).values():
        assert "o-band" not in article
        assert "des tirages" not in article
        assert "Réponse proposée" in article


def test_second_response_reads_as_the_end_of_a_sentence():
    assert _inside("Plan (GUSP) ; procès-verbaux.") == "plan (GUSP)"
    assert _inside("GPO, puis rien.") == "GPO"
    assert _inside("Médiation.") == "médiation"
    for rule in default_rules():
        assert not _inside(rule.response).endswith((".", ",", ";", " "))


def test_every_bar_has_a_name_of_the_screen(year: Year):
    visit = year()
    for article in articles(visit, found(visit)).values():
        assert set(bars(article)) <= {*CRITERIA.values(), OTHERS}
