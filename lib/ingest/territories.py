"""Official files into the store: read, checked against what it knows, written in one transaction per file."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
from sqlalchemy import Engine

from lib.config import REFERENCE
from lib.domain.labels import number, plural
from lib.domain.vocabulary import BatchKind
from lib.errors import FileError
from lib.ingest import batches
from lib.ingest.batches import ImportReport, NothingNewError
from lib.ingest.links import relocate_residences
from lib.ingest.official.communes import departement_of, read_communes
from lib.ingest.official.competence import read_competence
from lib.ingest.official.natures import Nature, recognise
from lib.ingest.official.qpv_figures import read_qpv_figures
from lib.ingest.official.qpv_outlines import read_qpv_outlines
from lib.ingest.official.recorded_crime import read_recorded_crime
from lib.ingest.official.residences import rejected_rows
from lib.ingest.official.ssmsi import read_ssmsi
from lib.ingest.official.ssmsi_communes import read_ssmsi_communes
from lib.store import districts, nomenclature, official_statistics, territories
from lib.store.revisions import Change, change
from lib.store.rows import Saved

# Edition of the competence table carried in data/reference; earlier competences are not known from it.
REFERENCE_COMPETENCE_FROM = date(2026, 8, 1)
STATISTICS = frozenset({Nature.SSMSI, Nature.SSMSI_COMMUNES, Nature.RECORDED_CRIME})
Save = Callable[[Change, str], ImportReport]


def import_territory(
    engine: Engine, path: Path, *, nature: Nature | None = None, valid_from: date | None = None, imported_by: str
) -> ImportReport:
    """Brings one official file into the store; the same file again adds nothing.

    Args:
        engine: The store.
        path: Layer, table or workbook.
        nature: What the file is; told by its columns where None.
        valid_from: Day a competence table takes effect; needed for those, without meaning for the others.
        imported_by: Who asks, as a function («ligne de commande»), never a person.

    Raises:
        ObservatoryError: If the file cannot be read, is not recognised, or comes without a date it needs.
    """
    told = nature or recognise(path)
    save = _reading(engine, path, told, valid_from)
    digest = batches.digest_of(path)
    kind = BatchKind.STATISTICS if told in STATISTICS else BatchKind.TERRITORY
    report = None
    try:
        with change(engine, told.value) as made:
            report = save(made, path.name)
            line = batches.batch_of(report, kind, digest=digest, imported_by=imported_by, landlord_id=None)
            batches.record(made, report, line)
            if kind == BatchKind.TERRITORY:
                relocate_residences(made)
    except NothingNewError:
        assert report is not None
        return replace(report, is_repeat=True)
    return report


def load_reference(engine: Engine) -> None:
    """Layers and tables of ``data/reference`` into a store, in one transaction; what is there already stays."""
    departements = pd.read_csv(REFERENCE / "departements.csv", sep=";", dtype=str)
    commune_aliases = pd.read_csv(REFERENCE / "communes_alias.csv", sep=";", dtype=str)
    competences = read_competence(REFERENCE / "competence-77-91.csv")
    communes = read_communes(REFERENCE / "communes.parquet").communes
    with change(engine, "référentiel") as made:
        nomenclature.save_nomenclature(made)
        nomenclature.save_context_periods(made)
        territories.save_departements(made, departements)
        territories.save_communes(made, communes)
        territories.save_aliases(made, commune_aliases)
        districts.save_competences(made, competences, valid_from=REFERENCE_COMPETENCE_FROM)


def ensure_reference(engine: Engine) -> bool:
    """Loads the reference into a store that has no commune yet; says whether it did."""
    with engine.connect() as connection:
        if territories.commune_codes(connection):
            return False
    load_reference(engine)
    return True


def _reading(engine: Engine, path: Path, nature: Nature, valid_from: date | None) -> Save:
    """The file read, as a function that writes it: nothing is locked while it is being read."""
    readings: dict[Nature, Callable[[], Save]] = {
        Nature.QPV_OUTLINES: lambda: _qpv_outlines(path),
        Nature.QPV_FIGURES: lambda: _qpv_figures(path),
        Nature.COMPETENCE: lambda: _competence(path, valid_from),
        Nature.COMMUNES: lambda: _communes(path),
        Nature.SSMSI: lambda: _ssmsi(path),
        Nature.SSMSI_COMMUNES: lambda: _ssmsi_communes(engine, path),
        Nature.RECORDED_CRIME: lambda: _recorded_crime(path),
    }
    return readings[nature]()


def _qpv_outlines(path: Path) -> Save:
    layer = read_qpv_outlines(path)
    notes = [
        f"{len(layer.repaired_codes)} contours invalides réparés." if layer.repaired_codes else "",
        f"Sans contour (réduits à rien par la réparation)\u00a0: {', '.join(layer.collapsed_codes)}."
        if layer.collapsed_codes
        else "",
        f"Codes présents plusieurs fois, réunis\u00a0: {', '.join(layer.repeated_codes)}."
        if layer.repeated_codes
        else "",
        layer.note or "",
    ]

    def save(made: Change, name: str) -> ImportReport:
        saved = territories.save_qpvs(made, layer.qpvs)
        unknown = _unknown_communes(made, layer.qpvs)
        told = [*notes, f"Communes inconnues de la base, non reliées\u00a0: {', '.join(unknown)}." if unknown else ""]
        return _report(name, Nature.QPV_OUTLINES, len(layer.qpvs), saved=saved, notes=told)

    return save


def _unknown_communes(made: Change, qpvs: gpd.GeoDataFrame) -> list[str]:
    aliases, known = territories.commune_aliases(made.connection), territories.commune_codes(made.connection)
    return sorted({code for codes in qpvs["commune_codes"] for code in codes if aliases.get(code, code) not in known})


def _qpv_figures(path: Path) -> Save:
    read = read_qpv_figures(path)
    torn = ", ".join(read.disagreeing_codes)
    notes = [
        f"{read.row_count} lignes pour {len(read.figures)} QPV\u00a0: totaux répétés comptés une fois.",
        f"Totaux différents d’une ligne à l’autre, laissés vides\u00a0: {torn}." if torn else "",
    ]

    def save(made: Change, name: str) -> ImportReport:
        known = territories.qpv_codes(made.connection)
        lines = read.figures.set_axis(pd.RangeIndex(1, len(read.figures) + 1))
        is_unknown = ~lines["qpv_code"].isin(known)
        reason = "QPV absent de la base\u00a0: importez d’abord ses contours"
        rejections = rejected_rows(lines, "qpv_code", is_unknown, reason)
        saved = territories.save_qpv_figures(made, lines[~is_unknown])
        return _report(name, Nature.QPV_FIGURES, len(lines), saved=saved, notes=notes, rejections=rejections)

    return save


def _competence(path: Path, valid_from: date | None) -> Save:
    if valid_from is None:
        raise FileError("Indiquez depuis quand ce tableau de compétence vaut\u00a0: --valable-depuis AAAA-MM-JJ.")
    read = read_competence(path)
    blank = int(read["district_name"].isna().sum())
    notes = [f"{blank} communes sans service dans le fichier officiel (service non renseigné)." if blank else ""]

    def save(made: Change, name: str) -> ImportReport:
        lines = read.set_axis(pd.RangeIndex(2, len(read) + 2))
        aliases = territories.commune_aliases(made.connection)
        in_force = lines.assign(commune_code=lines["commune_code"].map(lambda code: aliases.get(code, code)))
        # The row of the commune in force comes before that of a former one, which is then a repeat.
        ranked = in_force.loc[lines["commune_code"].isin(aliases).sort_values(kind="stable").index]
        is_repeat = ranked["commune_code"].duplicated().reindex(lines.index)
        rejections = rejected_rows(lines, "commune_code", is_repeat, "commune déjà présente dans le fichier")
        kept = in_force[~is_repeat]
        _add_communes(made, kept)
        saved = districts.save_competences(made, kept, valid_from=valid_from)
        return _report(name, Nature.COMPETENCE, len(lines), saved=saved, notes=notes, rejections=rejections)

    return save


def _add_communes(made: Change, competences: pd.DataFrame) -> None:
    """Communes the table names and the store does not hold, without outline."""
    known = territories.commune_codes(made.connection)
    new = competences.loc[~competences["commune_code"].isin(known), ["commune_code", "commune_name"]]
    rows = new.assign(
        departement_code=new["commune_code"].map(departement_of), parent_commune_code=None, population=None
    )
    if len(rows):
        territories.save_communes(made, gpd.GeoDataFrame(rows, geometry=[None] * len(rows), crs="EPSG:4326"))


def _communes(path: Path) -> Save:
    read = read_communes(path)

    def save(made: Change, name: str) -> ImportReport:
        lines = read.communes.set_axis(pd.RangeIndex(1, len(read.communes) + 1))
        aliases = territories.commune_aliases(made.connection)
        is_old, is_repeat = lines["commune_code"].isin(aliases), lines["commune_code"].duplicated()
        reason = "code qui n’est plus en vigueur\u00a0: commune fusionnée"
        rejections = pd.concat(
            [
                rejected_rows(lines, "commune_code", is_old, reason),
                rejected_rows(lines, "commune_code", is_repeat, "commune déjà présente dans le fichier"),
            ]
        )
        saved = territories.save_communes(made, lines[~is_old & ~is_repeat])
        notes = [_save_aliases(made, read.commune_aliases)]
        return _report(name, Nature.COMMUNES, len(lines), saved=saved, notes=notes, rejections=rejections)

    return save


def _save_aliases(made: Change, commune_aliases: pd.DataFrame) -> str:
    """Former codes whose commune in force is known; says how many others the file lists."""
    if commune_aliases.empty:
        return ""
    known = territories.commune_codes(made.connection)
    is_usable = commune_aliases["commune_code"].isin(known) & ~commune_aliases["alias_code"].isin(known)
    territories.save_aliases(made, commune_aliases[is_usable].drop_duplicates("alias_code"))
    kept = int(is_usable.sum())
    return f"{len(commune_aliases)} communes déléguées ou associées lues, {kept} gardées comme anciens codes."


def _ssmsi(path: Path) -> Save:
    read = read_ssmsi(path)
    return lambda made, name: _report(name, Nature.SSMSI, len(read), saved=official_statistics.save_ssmsi(made, read))


def _ssmsi_communes(engine: Engine, path: Path) -> Save:
    with engine.connect() as connection:
        known = territories.departements(connection)["departement_code"]
    read = read_ssmsi_communes(path, known)
    others, hidden = plural(read.other_count, "ligne"), plural(int((~read.rows["is_published"]).sum()), "cellule")
    notes = [
        f"Communes d’autres départements, laissées de côté\u00a0: {others}." if read.other_count else "",
        f"Non diffusé, gardé comme tel, sans valeur\u00a0: {hidden} sur {number(len(read.rows))}.",
    ]

    def save(made: Change, name: str) -> ImportReport:
        is_repeat = read.rows.duplicated(official_statistics.COMMUNAL_KEY)
        reason = "commune, indicateur et année déjà présents dans le fichier"
        rejections = rejected_rows(read.rows, "commune_code", is_repeat, reason)
        saved = official_statistics.save_ssmsi_communes(made, read.rows[~is_repeat])
        return _report(name, Nature.SSMSI_COMMUNES, len(read.rows), saved=saved, notes=notes, rejections=rejections)

    return save


def _recorded_crime(path: Path) -> Save:
    read = read_recorded_crime(path)

    def save(made: Change, name: str) -> ImportReport:
        saved = official_statistics.save_recorded_crimes(made, read)
        return _report(name, Nature.RECORDED_CRIME, len(read), saved=saved)

    return save


def _report(
    name: str,
    nature: Nature,
    read_count: int,
    *,
    saved: Saved,
    notes: list[str] | None = None,
    rejections: pd.DataFrame | None = None,
) -> ImportReport:
    refused = batches.no_rejection() if rejections is None else rejections
    told = [note for note in notes or [] if note]
    return ImportReport(name, nature.value, read_count, saved, refused, batches.cells_of(refused), told)
