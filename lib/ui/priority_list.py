"""The list of priorities: a place, its band and probability; why; what partners could do together."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from lib.analysis.criteria import KEYS, Unit, hall_key
from lib.analysis.priorities import Band, shared
from lib.analysis.reasons import contributions, leaves_top, whole_parts
from lib.analysis.responses import responses
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
from lib.ui.marks import band
from lib.ui.marks import contributions as bars
from lib.ui.priority import UNITS, Ranked, address
from lib.ui.priority_words import (
    CRITERIA,
    OFTEN,
    POINTS,
    chance_words,
    leaving,
    none_stands_out,
    part_of,
    partner_words,
    reason,
)
from lib.ui.session import Visit

MOST_SHOWN = {Band.PRIORITY: 20, Band.DISCUSS: 10}
BARS = 5
SEPARATOR = "\u00a0; "
OTHERS = "Autres critères"  # so that the bars add up to the gap that the sentence gives
HEADS = {Band.PRIORITY: "Prioritaires", Band.DISCUSS: "À discuter"}
CHANCES = {Band.PRIORITY: "80\u00a0% des tirages ou plus", Band.DISCUSS: "20 à 80\u00a0% des tirages"}


class Proposal(NamedTuple):
    """A rule that applies to a place: who may lead it, and how much of the place its facts are.

    Attributes:
        share: Of the facts or of the severity of the place, 0-1, as the rule counts it.
        incident_count: Facts that the rule looks at, of ``total_count``.
    """

    rule: ResponseRule
    pilots: tuple[Partner, ...]
    share: float
    incident_count: int
    total_count: int


def lists(visit: Visit, found: Ranked) -> None:
    """The two bands that a committee looks at; the third is the rest of the places, most of them quiet."""
    if not found.stands_out:
        _without_bands(visit, found)
        return
    shown = {kind: found.places[found.places["band"] == kind] for kind in HEADS}
    heads = [rows.head(MOST_SHOWN[kind]) for kind, rows in shown.items()]
    told = reasons(visit, found, pd.concat(heads))
    for (kind, rows), head in zip(shown.items(), heads, strict=True):
        firsts = "premières" if UNITS[found.unit].is_feminine else "premiers"
        c.section(HEADS[kind], f"dans les {found.first_count} {firsts}\u00a0: {CHANCES[kind]}")
        if rows.empty:
            c.source(_none(found, kind))
            continue
        c.html(Markup("").join(told[key] for key in head["place_key"]))
        if len(rows) > len(head):
            more = plural(len(rows) - len(head), "autre lieu est", "autres lieux sont")
            c.source(f"{more} dans cette bande\u00a0: voir l’onglet «\u00a0Carte et tableau\u00a0».")


def _without_bands(visit: Visit, found: Ranked) -> None:
    """Every place, where there are no more of them than first places: no draw tells one from the others."""
    if found.places.empty:
        c.source("Aucun lieu n’a assez de données\u00a0: voir l’onglet «\u00a0Données insuffisantes\u00a0».")
        return
    c.section("Tous les lieux classés", f"{none_stands_out(found)}. Le score le plus haut est en tête.")
    told = reasons(visit, found, found.places)
    c.html(Markup("").join(told[key] for key in found.places["place_key"]))


def one(visit: Visit, found: Ranked, key: object) -> None:
    """The article of the place chosen on the map or in the table."""
    row = found.places[found.places["place_key"] == key]
    if len(row):
        c.html(reasons(visit, found, row)[key])


def reasons(visit: Visit, found: Ranked, rows: pd.DataFrame) -> dict[object, Markup]:
    """The article of each place of some rows, by key."""
    weights = shared(found.weights, found.drawn.criteria)
    parts = contributions(found.drawn.utilities, weights)
    leaves = leaves_top(found.drawn.utilities, weights, found.first_count)
    most = POINTS * float(parts.max(initial=0))
    proposed = proposals(visit, found, rows)
    return {
        row.place_key: _article(
            found, row, parts[row.row], leaves[row.row], most=most, proposal=proposed.get(row.place_key, ())
        )
        for row in rows.itertuples()
    }


def _article(
    found: Ranked, row, parts: np.ndarray, leaves: np.ndarray, *, most: float, proposal: Sequence[Proposal]
) -> Markup:
    criteria = found.drawn.criteria
    out = leaving(
        [name for name, leaves_it in zip(criteria, leaves, strict=True) if leaves_it], found.first_count, found.unit
    )
    order = np.argsort(-np.abs(parts), kind="stable")[:BARS]
    points = whole_parts(POINTS * parts)
    drawn = {CRITERIA[criteria[at]]: int(points[at]) for at in sorted(order, key=lambda at: -parts[at])} | (
        {OTHERS: int(np.delete(points, order).sum())} if len(parts) > BARS else {}
    )
    name = c.link_cell(row.place_name, href("circonscriptions", **address(found.unit, row)))
    return Markup(
        '<article class="o-rank"><div><h3>{}</h3><p class="o-small">{}</p>{}</div>'
        '<div><p>{}</p><p class="o-small o-gap">Points au-dessus (+) ou au-dessous (−) de la médiane, sur 100</p>{}'
        '<p class="o-small">{}</p></div><div>{}</div></article>'
    ).format(
        name,
        where(row),
        _band(found, row),
        reason(row, parts, criteria, found.unit),
        bars(drawn, most=most),
        out,
        _proposal(found.unit, row, proposal),
    )


def _band(found: Ranked, row) -> Markup:
    if not found.stands_out:
        return Markup("")
    chance = chance_words(float(getattr(row, found.chance)), found.first_count, found.unit)
    return Markup('<p>{}</p><p class="o-small">{}</p>').format(band(row.band), chance)


def where(row) -> Markup:
    """Commune or force, dwellings, facts of the period and of the one before."""
    place = c.force(row.force) if isinstance(row.force, str) else row.commune_name
    words = [place] if isinstance(place, str) else []
    if not pd.isna(row.dwelling_count) and row.dwelling_count:
        words.append(plural(int(row.dwelling_count), "logement"))
    counts = f"{plural(int(row.incident_count), 'fait')} ({number(row.previous_incident_count)} auparavant)"
    return Markup("{}<br>{}").format(Markup(", ").join(words), counts)


def proposals(visit: Visit, found: Ranked, rows: pd.DataFrame) -> dict[object, list[Proposal]]:
    """By place, the rules of response that its mix of types calls for, in the order of their table."""
    rules = data.record(response_rules, visit.snapshot)
    by_code = {rule.rule_code: rule for rule in rules}
    forces = dict(zip(rows["place_key"], rows["answering"], strict=True))
    proposed: dict[object, list[Proposal]] = {}
    for row in responses(_mix(visit, found.unit, rows), rules).itertuples():
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


def _proposal(unit: Unit, row, proposal: Sequence[Proposal]) -> Markup:
    """The first rule in full, the others by their first words."""
    if not proposal:
        said = Markup("<p>Aucune règle ne s’applique à ce mélange de faits.</p>")
    else:
        first, others = proposal[0], [f"{_inside(one.rule.response)} ({_weighs(one)})" for one in proposal[1:]]
        head = "Autre réponse possible" if len(others) == 1 else "Autres réponses possibles"
        said = Markup('<p>{}</p><p class="o-small">{}. {}\u00a0: pilote proposé, {}.{}</p>').format(
            first.rule.response,
            first.rule.legal_ground.rstrip("."),
            partner_words(first.pilots),
            _weighs(first),
            f" {head}\u00a0: {SEPARATOR.join(others)}." if others else "",
        )
    asked = response_words(proposal[0].rule, proposal[0].pilots) if proposal else {}
    link = c.link_cell("Proposer une intervention", href("interventions", nouvelle=new_word(unit, row), **asked))
    return Markup('<p class="o-small">Réponse proposée</p>{}<p>{}</p>').format(said, link)


def _weighs(one: Proposal) -> str:
    """How much of the place the facts of a rule are: what made it apply."""
    if one.rule.share_of == ShareOf.SEVERITY and one.total_count >= MIN_BASE_COUNT:
        return f"{share(one.share)} de la gravité"
    return part_of(one.share, one.incident_count, one.total_count, "fait")


def _inside(response: str) -> str:
    """First words of a response as the rest of a sentence says them; an acronym stays one."""
    start = re.split(r"\s*[,;]|\.$", response)[0]
    return start[:1].lower() + start[1:] if start[1:2].islower() else start


def new_word(unit: Unit, row) -> str:
    """What the address of a new action says of its place: «residence:12», «hall:12|A|2»."""
    code = row.place_key if unit == Unit.HALL else row.map_code
    return f"{UNITS[unit].word}:{code}"


def _none(found: Ranked, kind: Band) -> str:
    terms = UNITS[found.unit]
    none = "Aucune" if terms.is_feminine else "Aucun"
    if kind == Band.PRIORITY:
        firsts = "premières" if terms.is_feminine else "premiers"
        return f"{none} {terms.noun} n’est parmi les {firsts} dans {OFTEN}\u00a0: à discuter en comité."
    return f"{none} autre {terms.noun} n’approche des premiers rangs."
