"""What a committee chooses: its weights, its rules of response; judged before a version of them is kept."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import inf, isfinite
from numbers import Real
from typing import Any

from sqlalchemy import Connection, Engine

from lib.domain.labels import quoted
from lib.domain.meetings import Choice
from lib.domain.responses import ResponseRule, ShareOf, as_rows, from_rows
from lib.domain.terms import PARTNERS, RESPONSE_FIELDS, SHARES_OF
from lib.domain.vocabulary import ChoiceKind, Partner
from lib.errors import FormError
from lib.ingest.cleaning import plain
from lib.ingest.forms import Fault, refuse, text_faults, tidy
from lib.store import schema as s
from lib.store.choices import MAX_WEIGHT, RULES, WEIGHTS, save_choice
from lib.store.known import unknown_keys
from lib.store.revisions import change

MAX_RULES, MAX_CODE_CHARS, MAX_RULE_CHARS = 50, 40, 500
RULE_CODE = re.compile(r"[A-Z0-9-]+")  # it stays in the history for ever: it may say no name
NUMBERS = frozenset({"position", "min_share", "min_count"})
LEAST_COUNT = 3  # one fact, or two, trigger nothing


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


def checked_responses(rows: Sequence[Mapping[str, Any]], connection: Connection) -> tuple[ResponseRule, ...]:
    """The rules of a table as a person edited it, in the order of their ``position``, those without one last.

    Args:
        rows: The columns of ``RESPONSE_FIELDS``; several codes or partners are apart by spaces or commas, or listed;
            a partner and what a share is counted on may be told by code or by label. Equal positions keep the order of
            the rows.
        connection: The store, for its nomenclature.

    Raises:
        FormError: If something is wrong; each fault under «line.column», «2.min_share».
    """
    if not 1 <= len(rows) <= MAX_RULES:
        raise FormError({RULES: f"Gardez de une à {MAX_RULES} règles."})
    read = [{name: _cell(name, row.get(name)) for name in RESPONSE_FIELDS} for row in rows]
    faults = [
        (f"{line}.{name}", sentence)
        for line, row in enumerate(read, 1)
        for name, sentence in (*_faults(row), *_unknown(row, connection))
    ]
    codes = [row["rule_code"] for row in read]
    faults += [
        (f"{line}.rule_code", "une autre ligne a ce nom\u00a0; changez l’un des deux")
        for line, code in enumerate(codes, 1)
        if code in codes[: line - 1]
    ]
    lines = range(1, len(read) + 1)
    refuse(
        faults,
        {
            f"{line}.{name}": f"Ligne {line}, colonne {quoted(label)}"
            for line in lines
            for name, label in RESPONSE_FIELDS.items()
        },
    )
    ordered = sorted(read, key=lambda row: row["position"] if _is_number(row["position"]) else inf)
    return from_rows(row | {"position": position} for position, row in enumerate(ordered, 1))


def _cell(name: str, value: Any) -> Any:
    if name in NUMBERS:
        return value
    words = _words(value)
    if name in {"type_codes", "family_codes"}:
        return " ".join(words).replace(",", " ").upper()
    if name == "partners":
        several = words if len(words) != 1 or plain(words[0]) in map(plain, PARTNERS.values()) else words[0].split()
        return " ".join(_code(word.strip(","), PARTNERS) for word in several)
    text = " ".join(words)
    labels = {"share_of": SHARES_OF, "pilot": PARTNERS}.get(name)
    return tidy(text, is_line=True) if labels is None else _code(text, labels)


def _words(value: Any) -> list[str]:
    """A cell as a list of words: one for a text, none for an empty cell, which a table gives as None or NaN."""
    if isinstance(value, str):
        return [value]
    return [str(one) for one in value] if isinstance(value, Iterable) else []


def _code(text: str, labels: Mapping[Any, str]) -> str:
    """The code of a label, or the text itself."""
    return {plain(label): str(code) for code, label in labels.items()}.get(plain(text), text.strip())


def _faults(row: Mapping[str, Any]) -> Iterator[Fault]:
    for name in ("rule_code", "response", "legal_ground"):
        if not row[name]:
            yield name, "remplissez cette case"
        yield from text_faults(name, row[name], MAX_CODE_CHARS if name == "rule_code" else MAX_RULE_CHARS)
    if not RULE_CODE.fullmatch(row["rule_code"]):
        yield "rule_code", "codez la règle en majuscules, chiffres et tirets, par exemple OCC-HALL"
    if not row["type_codes"] and not row["family_codes"]:
        yield "type_codes", "donnez au moins un type ou une famille de faits"
    yield from _threshold_faults(row)
    if row["share_of"] not in set(ShareOf):
        yield "share_of", f"choisissez {quoted(SHARES_OF['facts'])} ou {quoted(SHARES_OF['severity'])}"
    for name, partners in (("pilot", [row["pilot"]]), ("partners", row["partners"].split())):
        if not set(partners) <= set(Partner):
            yield name, "choisissez dans la liste des partenaires"


def _threshold_faults(row: Mapping[str, Any]) -> Iterator[Fault]:
    if not _is_number(row["min_share"]) or not 0 < row["min_share"] <= 1:
        yield "min_share", "donnez une part au-dessus de 0 et jusqu’à 1"
    if not _is_number(row["min_count"]) or row["min_count"] != int(row["min_count"]) or row["min_count"] < LEAST_COUNT:
        yield "min_count", f"donnez un nombre entier, {LEAST_COUNT} au moins"


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and isfinite(value)


def _unknown(row: Mapping[str, Any], connection: Connection) -> Iterator[Fault]:
    for name, table in (("type_codes", s.IncidentType), ("family_codes", s.IncidentFamily)):
        unknown = unknown_keys(connection, table, row[name].split())
        if unknown:
            yield name, f"{', '.join(sorted(unknown))} n’est pas dans la nomenclature"
