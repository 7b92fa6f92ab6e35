"""What the rules of response propose for a ranked place; where none applies, the nearest and what it lacks."""

import re
from collections.abc import Callable, Mapping, Sequence
from math import floor
from typing import NamedTuple

import pandas as pd
from markupsafe import Markup

from lib.analysis.criteria import KEYS, Unit, hall_key
from lib.analysis.responses import nearest, responses
from lib.analysis.trends import MIN_BASE_COUNT
from lib.domain.labels import number, plural, share
from lib.domain.responses import ResponseRule, ShareOf, answering
from lib.domain.vocabulary import Partner
from lib.snapshot import signals
from lib.store.choices import response_rules
from lib.ui import components as c
from lib.ui import data
from lib.ui.action_begun import response_words
from lib.ui.links import href
from lib.ui.priority import UNITS, Ranked
from lib.ui.priority_words import part_of, partner_words
from lib.ui.rule_words import SEPARATOR, SHARES, fact_labels, facts_name
from lib.ui.session import Visit

NONE_APPLIES = "Aucune règle ne s’applique"


class Proposal(NamedTuple):
    """A rule that applies to a place, or nearly: who may lead it, and how much of the place its facts are.

    Attributes:
        share: Of the facts or of the severity of the place, 0-1, as the rule counts it.
        incident_count: Facts that the rule looks at, of ``total_count``.
    """

    rule: ResponseRule
    pilots: tuple[Partner, ...]
    share: float
    incident_count: int
    total_count: int


def answers(visit: Visit, found: Ranked, rows: pd.DataFrame) -> dict[object, Markup]:
    """What is proposed for each place of some rows, by key, with the link that begins an action there."""
    proposed, near = proposals(visit, found, rows), proposals(visit, found, rows, nearest)
    labels = fact_labels(visit)
    said = {}
    for row in rows.itertuples():
        applied = proposed.get(row.place_key, ())
        words = _applied(applied) if applied else Markup("<p>{}</p>").format(_none(row, near, labels))
        asked = response_words(applied[0].rule, applied[0].pilots) if applied else {}
        begun = href("interventions", nouvelle=new_word(found.unit, row), **asked)
        link = c.link_cell("Proposer une intervention", begun)
        said[row.place_key] = Markup('<p class="o-small">Réponse proposée</p>{}<p>{}</p>').format(words, link)
    return said


def proposals(
    visit: Visit, found: Ranked, rows: pd.DataFrame, question: Callable[..., pd.DataFrame] = responses
) -> dict[object, list[Proposal]]:
    """By place, the rules of response that its mix of types calls for, in the order of their table.

    ``question``: ``responses``, or ``nearest`` for the one rule that is nearest to applying where none does.
    """
    rules = data.record(response_rules, visit.snapshot)
    by_code = {rule.rule_code: rule for rule in rules}
    forces = dict(zip(rows["place_key"], rows["answering"], strict=True))
    proposed: dict[object, list[Proposal]] = {}
    for row in question(_mix(visit, found.unit, rows), rules).itertuples():
        rule = by_code[row.rule_code]
        leads = answering(rule.pilot, forces[row.place_key])
        proposed.setdefault(row.place_key, []).append(
            Proposal(rule, leads, row.share, int(row.incident_count), int(row.total_count))
        )
    return proposed


def _mix(visit: Visit, unit: Unit, rows: pd.DataFrame) -> pd.DataFrame:
    """Facts by type of some places: place_key, type_code, incident_count, severity_index."""
    if unit in KEYS:
        mix = visit.ask(signals.type_mix, (KEYS[unit],)).rename(columns={KEYS[unit]: "place_key"})
        return mix[mix["place_key"].isin(rows["place_key"])]
    inside = visit.at(residence_ids=tuple(sorted({int(key) for key in rows["residence_id"]})) or (-1,))
    columns = ("residence_id", "building_code", "hall_code") if unit == Unit.HALL else ("residence_id",)
    mix = visit.ask(signals.type_mix, columns, chosen=inside)
    if unit == Unit.RESIDENCE:
        return mix.rename(columns={"residence_id": "place_key"})
    found = mix.assign(place_key=hall_key(mix))
    return found[found["place_key"].isin(rows["place_key"])]  # their residences have other halls


def _applied(proposal: Sequence[Proposal]) -> Markup:
    """The first rule in full, the others by their first words."""
    first, others = proposal[0], [f"{_inside(one.rule.response)} ({_weighs(one)})" for one in proposal[1:]]
    head = "Autre réponse possible" if len(others) == 1 else "Autres réponses possibles"
    return Markup('<p>{}</p><p class="o-small">{}. {}\u00a0: pilote proposé, {}.{}</p>').format(
        first.rule.response,
        first.rule.legal_ground.rstrip("."),
        partner_words(first.pilots),
        _weighs(first),
        f" {head}\u00a0: {SEPARATOR.join(others)}." if others else "",
    )


def _none(row, near: Mapping[object, Sequence[Proposal]], labels: Mapping[str, str]) -> str:
    if not row.incident_count:
        return f"{NONE_APPLIES}\u00a0: aucun fait n’est recensé."
    if row.place_key not in near:
        return f"{NONE_APPLIES}\u00a0: aucune ne regarde les faits de ce lieu."
    return nearest_words(near[row.place_key][0], labels)


def nearest_words(one: Proposal, labels: Mapping[str, str]) -> str:
    """No rule applies; the nearest, and what it lacks: «trafics, 14 % de la gravité pour 20 % demandés»."""
    rule = one.rule
    name = lowered(facts_name((*rule.family_codes, *rule.type_codes), labels))
    lacks = [_share_lacking(one)] if one.share < rule.min_share else []
    if one.incident_count < rule.min_count:
        lacks.append(f"{plural(one.incident_count, 'fait')} pour {number(rule.min_count)} demandés")
    return f"{NONE_APPLIES}. La plus proche\u00a0: {name}, {' et '.join(lacks)}."


def _share_lacking(one: Proposal) -> str:
    """The share reached and the one asked, never rounded to the same; on few facts, their count."""
    asked, of = share(one.rule.min_share), SHARES[one.rule.share_of]
    if one.total_count < MIN_BASE_COUNT:
        return f"moins de {asked} {of} ({plural(one.incident_count, 'fait')} sur {number(one.total_count)})"
    reached = share(one.share) if share(one.share) != asked else share(floor(1000 * one.share) / 1000, 1)
    return f"{reached} {of} pour {asked} demandés"


def _weighs(one: Proposal) -> str:
    """How much of the place the facts of a rule are: what made it apply."""
    if one.rule.share_of == ShareOf.SEVERITY and one.total_count >= MIN_BASE_COUNT:
        return f"{share(one.share)} de la gravité"
    return part_of(one.share, one.incident_count, one.total_count, "fait")


def _inside(response: str) -> str:
    """First words of a response as the rest of a sentence says them."""
    return lowered(re.split(r"\s*[,;]|\.$", response)[0])


def lowered(words: str) -> str:
    """Words inside a sentence; an acronym stays one."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def new_word(unit: Unit, row) -> str:
    """What the address of a new action says of its place: «residence:12», «hall:12|A|2»."""
    code = row.place_key if unit == Unit.HALL else row.map_code
    return f"{UNITS[unit].word}:{code}"
