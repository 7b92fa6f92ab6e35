"""The declared mapping of one landlord's register: a small TOML file, described in docs/guide/import.md."""

import json
import re
import tomllib
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path

from lib.errors import LayoutError, MappingError
from lib.ingest.cleaning import ANY_OTHER, plain
from lib.ingest.columns import COLUMNS, LISTS, PLACES, ResidenceKey
from lib.ingest.dates import FORMATS
from lib.ingest.looks import is_of_a_person
from lib.ingest.privacy import is_forbidden_heading
from lib.ingest.reading import ReadingOptions

MAX_HEADINGS_SAID = 20
KEYS = frozenset(
    {"residence_key", "landlord_name", "date_formats", "period", "reading", "columns", "constants", "values"}
)
LINE_OPTIONS = frozenset({"heading_line", "heading_rows"})


@dataclass(frozen=True)
class Mapping:
    """What a landlord's columns and labels are called with us.

    Attributes:
        columns: Heading of the file by our column name.
        constants: One code for the whole file, by our column name.
        labels: By our column name, our code for each label reduced by ``plain``.
        date_formats: Names of ``dates.FORMATS``, in the order they are tried; None: decided on the values.
        residence_key: See ``ResidenceKey``.
        landlord_name: Name of the landlord to create, with ``ResidenceKey.POINTS`` only.
        period: First days of the first and last months the file covers, or None: from its first fact to its last.
        options: How the file is to be read, where what is detected is wrong.
    """

    columns: dict[str, str]
    constants: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    date_formats: tuple[str, ...] | None = None
    residence_key: ResidenceKey = ResidenceKey.REFERENCE
    landlord_name: str | None = None
    period: tuple[date, date] | None = None
    options: ReadingOptions = field(default_factory=ReadingOptions)


def load_mapping(path: Path) -> Mapping:
    """Reads a declaration file.

    Raises:
        MappingError: If it cannot be read, is incomplete, or asks for a person's data or free text.
    """
    try:
        declared = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MappingError(f"La déclaration «\u00a0{path.name}\u00a0» est introuvable.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"line (\d+)", str(error))
        where = f" (ligne {line[1]})" if line else ""
        raise MappingError(
            f"La déclaration «\u00a0{path.name}\u00a0» n’est pas un fichier TOML valable{where}."
        ) from error
    return declare(declared)


def declare(declared: dict) -> Mapping:
    """A mapping from the tables of its declaration, checked.

    Raises:
        MappingError: As ``load_mapping``.
    """
    unknown = sorted(set(declared) - KEYS)
    if unknown:
        raise MappingError(f"Clé inconnue dans la déclaration\u00a0: {', '.join(unknown)}.")
    columns, constants, values = (_table(declared, name) for name in ("columns", "constants", "values"))
    _check_texts(columns, values, _table(declared, "reading"))
    key = declared.get("residence_key", ResidenceKey.REFERENCE)
    if key not in set(ResidenceKey):
        raise MappingError("residence_key vaut «\u00a0reference\u00a0» ou «\u00a0points\u00a0».")
    mapping = Mapping(
        columns={ours: str(heading) for ours, heading in columns.items()},
        constants={ours: str(code) for ours, code in constants.items()},
        labels={ours: _labels(ours, table) for ours, table in values.items()},
        date_formats=_date_formats(declared.get("date_formats")),
        residence_key=ResidenceKey(key),
        landlord_name=None if declared.get("landlord_name") is None else str(declared["landlord_name"]),
        period=_period(declared.get("period")),
        options=_options(_table(declared, "reading")),
    )
    _check_columns(mapping)
    _check_persons(mapping)
    _check_codes(mapping)
    return mapping


def as_declaration(mapping: Mapping) -> dict:
    """The declaration of a mapping, fit for JSON and TOML: ``declare`` gives the same mapping back."""
    months = mapping.period and [f"{month:%Y-%m}" for month in mapping.period]
    tables = {
        "reading": {name: value for name, value in asdict(mapping.options).items() if value is not None},
        "columns": mapping.columns,
        "constants": mapping.constants,
        "values": mapping.labels,
    }
    told = {
        "residence_key": mapping.residence_key.value,
        "landlord_name": mapping.landlord_name,
        "date_formats": mapping.date_formats and list(mapping.date_formats),
        "period": months,
    }
    return {key: value for key, value in told.items() if value is not None} | {
        k: dict(v) for k, v in tables.items() if v
    }


def declaration_text(declaration: dict) -> str:
    """A declaration, complete or not, as the text of a TOML file that ``load_mapping`` reads."""
    tables = {key: value for key, value in declaration.items() if isinstance(value, dict)}
    tables |= {f"values.{ours}": table for ours, table in tables.pop("values", {}).items()}
    blocks = [_toml_lines({key: value for key, value in declaration.items() if not isinstance(value, dict)})]
    blocks += [f"[{name}]\n{_toml_lines(table)}" for name, table in tables.items()]
    return "\n\n".join(block for block in blocks if block) + "\n"


def bind(mapping: Mapping, headings: list[str]) -> dict[str, str]:
    """The file's own heading for each of our columns, matched without case, accent nor space.

    Raises:
        LayoutError: If a declared heading is absent from the file, or stands in it twice.
    """
    places: dict[str, list[str]] = {}
    for heading in headings:
        places.setdefault(plain(heading), []).append(heading)
    absent = sorted({heading for heading in mapping.columns.values() if plain(heading) not in places})
    if absent:
        raise LayoutError(
            f"Colonnes attendues et absentes\u00a0: {_quoted(absent)}. Colonnes du fichier\u00a0: {_quoted(headings)}."
        )
    bound = {ours: places[plain(heading)] for ours, heading in mapping.columns.items()}
    twice = sorted({found[0] for found in bound.values() if len(found) > 1 or f"{found[0]} (2)" in headings})
    if twice:
        raise LayoutError(f"Le fichier contient deux fois la colonne {_quoted(twice)}\u00a0: renommez l’une des deux.")
    return {ours: found[0] for ours, found in bound.items()}


def _quoted(headings: list[str]) -> str:
    shown = ", ".join(f"«\u00a0{heading[:60]}\u00a0»" for heading in headings[:MAX_HEADINGS_SAID])
    return shown + (f" et {len(headings) - MAX_HEADINGS_SAID} autres" if len(headings) > MAX_HEADINGS_SAID else "")


def _toml_lines(table: dict) -> str:
    return "\n".join(f"{_toml(key)} = {_toml(value)}" for key, value in table.items())


def _toml(value: object) -> str:
    """A text, a number or a list; what JSON writes is TOML but for one control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _table(declared: dict, name: str) -> dict:
    table = declared.get(name, {})
    if not isinstance(table, dict):
        raise MappingError(f"[{name}] doit être une table de la déclaration.")
    return table


def _labels(ours: str, table: object) -> dict[str, str]:
    if not isinstance(table, dict):
        raise MappingError(f"[values.{ours}] doit être une table\u00a0: libellé = code.")
    codes: dict[str, str] = {}
    for label, code in table.items():
        if codes.setdefault(plain(label), str(code)) != str(code):
            raise MappingError(f"[values.{ours}] donne deux codes au même libellé\u00a0: «\u00a0{label[:60]}\u00a0».")
    return codes


def _options(table: dict) -> ReadingOptions:
    names = {option.name for option in fields(ReadingOptions)}
    wrong = sorted(set(table) - names) or sorted(name for name, value in table.items() if not _is_option(name, value))
    if wrong:
        raise MappingError(
            f"[reading] ne comprend pas\u00a0: {', '.join(wrong)}. Options\u00a0: {', '.join(sorted(names))}."
        )
    return ReadingOptions(**table)


def _is_option(name: str, value: object) -> bool:
    if name in LINE_OPTIONS:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 1
    return isinstance(value, str) and value != ""


def _date_formats(names: object) -> tuple[str, ...] | None:
    if names is None:
        return None
    if not isinstance(names, list | tuple) or not names or not set(names) <= set(FORMATS):
        raise MappingError(f"date_formats est une liste prise dans\u00a0: {', '.join(FORMATS)}.")
    return tuple(names)


def _period(months: object) -> tuple[date, date] | None:
    if months is None:
        return None
    try:
        first, last = (date.fromisoformat(f"{month}-01") for month in months)  # type: ignore[union-attr]
    except (TypeError, ValueError) as error:
        raise MappingError('period s’écrit ["2026-01", "2026-06"]\u00a0: premier et dernier mois couverts.') from error
    if first > last:
        raise MappingError("Le premier mois de period est après le dernier.")
    return first, last


def _check_columns(mapping: Mapping) -> None:
    named = set(mapping.columns) | set(mapping.constants)
    unknown = sorted((named | set(mapping.labels)) - COLUMNS)
    if unknown:
        raise MappingError(f"Colonne inconnue de l’observatoire\u00a0: {', '.join(unknown)}.")
    twice = sorted(set(mapping.columns) & set(mapping.constants))
    if twice:
        raise MappingError(f"Déclarée à la fois comme colonne et comme constante\u00a0: {', '.join(twice)}.")
    missing = sorted({"occurred_on"} - set(mapping.columns)) + sorted({"type_code"} - named)
    missing += _missing_places(mapping)
    if missing:
        raise MappingError(f"La déclaration ne dit pas où lire\u00a0: {', '.join(missing)}.")
    if mapping.residence_key is ResidenceKey.REFERENCE and "residence_name" in mapping.columns:
        raise MappingError("residence_name ne se lit que si residence_key vaut «\u00a0points\u00a0».")
    if mapping.residence_key is ResidenceKey.POINTS and not mapping.landlord_name:
        raise MappingError("landlord_name est nécessaire quand les résidences sont faites des points du fichier.")


def _missing_places(mapping: Mapping) -> list[str]:
    """What is still needed to find the residence of a row, as French text."""
    named = set(mapping.columns)
    if mapping.residence_key is ResidenceKey.POINTS:
        return sorted({"longitude", "latitude"} - named)
    half = {"longitude", "latitude"} - named
    if len(half) == 1:
        return sorted(half)
    return (
        []
        if any(place <= named for place in PLACES)
        else ["residence_reference (ou longitude et latitude, ou address)"]
    )


def _check_texts(columns: dict, values: dict, reading: dict) -> None:
    """Texts of the landlord's, which a declaration keeps: none may be of a person. They are not said again."""
    where = [f"l’intitulé déclaré pour {ours}" for ours, heading in columns.items() if is_of_a_person(str(heading))]
    where += [
        f"un libellé de [values.{ours}]"
        for ours, table in values.items()
        if isinstance(table, dict) and any(map(is_of_a_person, table))
    ]
    where += ["le nom de la feuille"] if is_of_a_person(str(reading.get("sheet", ""))) else []
    if where:
        raise MappingError(
            f"La déclaration n’est pas gardée\u00a0: {', '.join(where)} ressemble à une donnée sur une personne "
            "(nom, courriel, téléphone…). Retirez-la du registre ou de la déclaration, puis recommencez."
        )


def _check_persons(mapping: Mapping) -> None:
    refused = sorted(
        {heading for ours, heading in mapping.columns.items() if is_forbidden_heading(heading, is_list=ours in LISTS)}
    )
    if refused:
        raise MappingError(
            f"Colonne refusée\u00a0: {_quoted(refused)}. "
            "L’observatoire ne reçoit ni donnée sur une personne ni texte libre."
        )


def _check_codes(mapping: Mapping) -> None:
    """Codes of closed lists are ours; those of types are checked against the store's nomenclature at import."""
    listed = set(LISTS) | {"type_code"}
    if not set(mapping.labels) | set(mapping.constants) <= listed:
        raise MappingError(f"[constants] et [values.…] ne portent que sur\u00a0: {', '.join(sorted(listed))}.")
    if ANY_OTHER in mapping.labels.get("type_code", {}):
        raise MappingError(
            "«\u00a0*\u00a0» n’est pas permis pour les types\u00a0: un libellé inconnu doit rester visible."
        )
    for ours, kind in LISTS.items():
        given = {*mapping.labels.get(ours, {}).values(), mapping.constants.get(ours, "unknown")}
        foreign = sorted(given - {code.value for code in kind})
        if foreign:
            raise MappingError(f"Code inconnu pour {ours}\u00a0: {', '.join(foreign)}.")
