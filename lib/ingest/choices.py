"""What a committee chooses: its weights, its rules of response; judged before a version of them is kept."""

import re
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from numbers import Real
from typing import Any

from sqlalchemy import Connection, Engine

from lib.domain.labels import quoted
from lib.domain.meetings import Choice
from lib.domain.responses import (
    FREE_TEXTS,
    LEAST_COUNT,
    LEAST_SHARE,
    MAX_TEXT_CHARS,
    ResponseRule,
    ShareOf,
    as_rows,
    from_rows,
)
from lib.domain.terms import RESPONSE_FIELDS, SHARES_OF
from lib.domain.vocabulary import ChoiceKind, Partner
from lib.errors import FormError
from lib.ingest.forms import Fault, refuse, text_faults, tidy
from lib.store import schema as s
from lib.store.choices import MAX_WEIGHT, RULES, WEIGHTS, choices, save_choice
from lib.store.erasing import erase_rule_text
from lib.store.known import unknown_keys
from lib.store.revisions import change

MAX_RULES = 50
RULE_CODE = re.compile(r"[A-Z0-9-]{1,40}")  # it stays in the history for ever: it may say no name


def store_weights(engine: Engine, weights: Mapping[str, float], *, by: Partner, read_version: int) -> Choice:
    """Keeps the weights of a committee, by criterion, as ``content["weights"]`` of a new version.

    Args:
        engine: The store.
        weights: As ``checked_weights``.
        by: Who chose.
        read_version: The version that was read, 0 where the committee had none.

    Raises:
        FormError: If something is wrong: nothing is written.
        ConflictError: If another version was kept meanwhile: nothing is written.
    """
    own = checked_weights(weights)
    with change(engine, "poids du comité") as made:
        return save_choice(made, ChoiceKind.WEIGHTS, {WEIGHTS: own}, by=by, read_version=read_version)


def checked_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """The weights, each a number from 0 to 100 and one at least above 0.

    Raises:
        FormError: If not, by criterion, or under «weights» when all are 0.
    """
    wrong = [name for name, weight in weights.items() if not 0 <= weight <= MAX_WEIGHT]
    if wrong:
        raise FormError(dict.fromkeys(wrong, "Donnez à chaque critère un poids de 0 à 100."))
    if not sum(weights.values()):
        raise FormError({WEIGHTS: "Donnez un poids à un critère au moins."})
    return {name: float(weight) for name, weight in weights.items()}


def store_responses(engine: Engine, rows: Sequence[Mapping[str, Any]], *, by: Partner, read_version: int) -> Choice:
    """Keeps the rules of response of a committee as a new version.

    Args:
        engine: The store.
        rows: As ``checked_responses``.
        by: Who chose.
        read_version: The version that was read, 0 for the table of the observatory.

    Raises:
        FormError: If something is wrong: nothing is written.
        ConflictError: If another version was kept meanwhile: nothing is written.
    """
    with change(engine, "règles de réponse") as made:
        rules = checked_responses(rows, made.connection)
        return save_choice(made, ChoiceKind.RESPONSES, {RULES: as_rows(rules)}, by=by, read_version=read_version)


def take_out_rule_text(
    engine: Engine, rank: int, field: str, *, by: Partner, keeps_current: bool = False, version: int | None = None
) -> int:
    """Takes a text out of a rule in every version; what it asks and gives back is as ``erase_rule_text``.

    Raises:
        FormError: If no such rule was ever kept, or if it never said anything there: nothing is written.
    """
    with change(engine, "texte retiré") as made:
        kept = {one.version: one for one in choices(made.connection, ChoiceKind.RESPONSES)}
        if not kept or version not in {None, *kept}:
            raise FormError({"version": "Cette version des règles n’a pas été retenue."})
        asked = kept[max(kept) if version is None else version]
        if rank > len(asked.content[RULES]):
            raise FormError({"rank": f"La version {asked.version} n’a pas de règle {rank}."})
        code = asked.content[RULES][rank - 1]["rule_code"]
        count = erase_rule_text(made, code, field, by=by, keeps_current=keeps_current)
        if not count:
            label = quoted(RESPONSE_FIELDS[field])
            raise FormError({field: f"Le champ {label} de la règle {rank} ne contient aucun texte à retirer."})
        return count


def checked_responses(rows: Sequence[Mapping[str, Any]], connection: Connection) -> tuple[ResponseRule, ...]:
    """The rules of a table as a person edited it, in its order.

    Args:
        rows: As ``as_rows`` makes them, whatever their ``position``.
        connection: The store, for its nomenclature.

    Raises:
        FormError: If something is wrong; each fault under «line.column», «2.min_share».
    """
    if not 1 <= len(rows) <= MAX_RULES:
        raise FormError({RULES: f"Gardez de une à {MAX_RULES} règles."})
    read = [
        {**row, "position": line} | {name: tidy(row[name], is_line=True) for name in FREE_TEXTS}
        for line, row in enumerate(rows, 1)
    ]
    codes = [row["rule_code"] for row in read]
    faults = [
        (f"{line}.{name}", sentence)
        for line, row in enumerate(read, 1)
        for name, sentence in (*_faults(row, codes[: line - 1]), *_unknown(row, connection))
    ]
    labels = {
        f"{line}.{name}": f"Règle {line}, {quoted(label)}"
        for line in range(1, len(read) + 1)
        for name, label in RESPONSE_FIELDS.items()
    }
    refuse(faults, labels)
    return from_rows(read)


def _faults(row: Mapping[str, Any], codes_before: Sequence[str]) -> Iterator[Fault]:
    if not RULE_CODE.fullmatch(row["rule_code"]) or row["rule_code"] in codes_before:
        yield "rule_code", "retirez cette règle, puis ajoutez-la de nouveau"
    if not row["type_codes"] and not row["family_codes"]:
        yield "type_codes", "choisissez au moins un type ou une famille de faits"
    yield from _threshold_faults(row)
    for name in FREE_TEXTS:
        if not row[name]:
            yield name, "remplissez cette case"
        yield from text_faults(name, row[name], MAX_TEXT_CHARS)
    if row["pilot"] not in set(Partner):
        yield "pilot", "choisissez qui pilote la réponse"
    if not set(row["partners"].split()) <= set(Partner):
        yield "partners", "choisissez dans la liste des partenaires"


def _threshold_faults(row: Mapping[str, Any]) -> Iterator[Fault]:
    if row["share_of"] not in set(ShareOf):
        yield "share_of", f"choisissez {quoted(SHARES_OF['facts'])} ou {quoted(SHARES_OF['severity'])}"
    if not _is_number(row["min_share"]) or not LEAST_SHARE <= row["min_share"] <= 1:
        yield "min_share", "donnez une part de 1\u00a0% à 100\u00a0%"
    if not _is_number(row["min_count"]) or row["min_count"] != int(row["min_count"]) or row["min_count"] < LEAST_COUNT:
        yield "min_count", f"donnez un nombre entier, {LEAST_COUNT} au moins"


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and isfinite(value)


def _unknown(row: Mapping[str, Any], connection: Connection) -> Iterator[Fault]:
    for name, table in (("type_codes", s.IncidentType), ("family_codes", s.IncidentFamily)):
        unknown = unknown_keys(connection, table, row[name].split())
        if unknown:
            yield name, f"{', '.join(sorted(unknown))} n’est pas dans la nomenclature"
