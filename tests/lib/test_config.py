import pytest

from lib.config import DEFAULT_DATABASE_URL, PLAN_IGN_TILES, ROOT, settings


@pytest.mark.parametrize("value", [None, ""])
def test_store_is_a_file_of_the_project_unless_an_address_is_given(monkeypatch: pytest.MonkeyPatch, value: str | None):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if value is not None:
        monkeypatch.setenv("DATABASE_URL", value)
    assert settings().database_url == DEFAULT_DATABASE_URL
    assert settings().database_url == f"sqlite:///{ROOT}/data/store/observatoire.db"


def test_address_of_the_store_is_read_at_each_call(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///a.db")
    assert settings().database_url == "sqlite:///a.db"
    monkeypatch.setenv("DATABASE_URL", "sqlite:///b.db")
    assert settings().database_url == "sqlite:///b.db"


@pytest.mark.parametrize("value", [None, "", "aucun", " aucun "])
def test_map_asks_no_other_host_unless_told(monkeypatch: pytest.MonkeyPatch, value: str | None):
    monkeypatch.delenv("FOND_DE_CARTE", raising=False)
    if value is not None:
        monkeypatch.setenv("FOND_DE_CARTE", value)
    assert (settings().tiles_url, settings().tiles_host) == (None, None)


def test_public_basemap_has_a_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOND_DE_CARTE", "plan-ign")
    assert (settings().tiles_url, settings().tiles_host) == (PLAN_IGN_TILES, "https://data.geopf.fr")


def test_any_tile_server_may_be_given(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FOND_DE_CARTE", "https://tuiles.exemple.fr:8443/a/{z}/{x}/{y}.png")
    assert settings().tiles_host == "https://tuiles.exemple.fr:8443"


@pytest.mark.parametrize(("value", "asked"), [(None, None), ("", None), ("aucun", None), (" ban ", "ban")])
def test_addresses_are_asked_of_nobody_unless_told(
    monkeypatch: pytest.MonkeyPatch, value: str | None, asked: str | None
):
    monkeypatch.delenv("GEOCODEUR", raising=False)
    if value is not None:
        monkeypatch.setenv("GEOCODEUR", value)
    assert settings().geocoder == asked
