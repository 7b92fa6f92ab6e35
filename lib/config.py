"""Settings read once from the environment; nothing else in the code reads it."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "data" / "reference"
DEFAULT_DATABASE_URL = f"sqlite:///{ROOT / 'data' / 'store' / 'observatoire.db'}"
PLAN_IGN_TILES = (
    "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2"
    "&STYLE=normal&FORMAT=image/png&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
)


@dataclass(frozen=True)
class Settings:
    """What an installation may choose.

    Attributes:
        database_url: SQLAlchemy address of the store (SQLite file or PostgreSQL).
        tiles_url: Address pattern of a tile server, or None for the vector base alone («aucun»).
        geocoder: Who is asked for the point of an address that no residence has: «ban», the domain and path of a
            service like it, or None for nobody («aucun»).
        is_asked_directly: Whether pages ask PostgreSQL itself, rather than a columnar copy of the store.
    """

    database_url: str
    tiles_url: str | None
    geocoder: str | None
    is_asked_directly: bool = False

    @property
    def copy_folder(self) -> Path:
        """Where the columnar copy of this store is kept: beside a SQLite file, else in the caches of the program."""
        url = make_url(self.database_url)
        if url.get_backend_name() == "sqlite" and url.database:
            return Path(f"{url.database}.copie")
        return ROOT / "data" / "cache" / hashlib.sha256(self.database_url.encode()).hexdigest()[:16]

    @property
    def tiles_host(self) -> str | None:
        """Scheme and host of the tile server, for the content security policy."""
        return "/".join(self.tiles_url.split("/")[:3]) if self.tiles_url else None


def settings() -> Settings:
    """The settings of this process.

    ``DATABASE_URL``; ``FOND_DE_CARTE`` (``aucun``, ``plan-ign`` or an address); ``GEOCODEUR`` (``aucun``, ``ban`` or
    an address); ``ANALYTICS`` (``copy``, or ``store`` for a PostgreSQL that outgrows this machine).
    """
    base, geocoder = (os.environ.get(name, "aucun").strip() for name in ("FOND_DE_CARTE", "GEOCODEUR"))
    tiles = {"aucun": None, "": None, "plan-ign": PLAN_IGN_TILES}.get(base, base)
    return Settings(
        os.environ.get("DATABASE_URL") or DEFAULT_DATABASE_URL,
        tiles,
        None if geocoder in {"", "aucun"} else geocoder,
        os.environ.get("ANALYTICS", "copy").strip() == "store",
    )
