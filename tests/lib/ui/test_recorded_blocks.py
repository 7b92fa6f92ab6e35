from collections.abc import Callable, Iterator
from datetime import date

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from lib.analysis.recorded import class_series, index_series
from lib.config import ROOT
from lib.domain.recorded import Tie
from lib.domain.scope import Scope
from lib.domain.vocabulary import BatchKind
from lib.store import districts, nomenclature, official_statistics, recorded_services
from lib.store.incidents import Batch, save_batch
from lib.store.revisions import change
from lib.ui import data
from lib.ui.recorded_blocks import recorded_crime, series_table, tie_lines
from lib.ui.session import Visit
from tests.conftest import with_nomenclature
from tests.factories import small_store
from tests.screen import bodies, plain, tables

BURGLARY, FAMILY = "Cambriolages de logement", "Violences physiques intrafamiliales"


def fill(engine) -> None:
    """Counts of one département, one commune and one service of the small store; a third service without a tie."""
    rates = {"population": 9999, "dwelling_count": 9999, "rate": None}
    departement = pd.DataFrame(
        [
            {"ssmsi_class": name, "year": year, "departement_code": "77", "unit": "infraction", "fact_count": count}
            | rates
            for name, year, count in ((BURGLARY, 2016, 1111), (BURGLARY, 2017, 2222), (FAMILY, 2017, 3333))
        ]
    )
    commune = pd.DataFrame(
        [
            {"commune_code": "77002", "ssmsi_class": name, "year": year, "unit": "Infraction", "is_published": shown}
            | {"fact_count": count, "geography_year": 2025}
            | rates
            for name, year, count, shown in (
                (BURGLARY, 2016, 0, True),
                (BURGLARY, 2017, None, False),
                (FAMILY, 2017, 44, True),
            )
        ]
    )
    crimes = pd.DataFrame(
        [
            {"force": "PN", "service_name": "CIAT D'ESSAI", "year": year, "index_code": code}
            | {"index_label": "x", "fact_count": count, "is_territorial": True}
            for year, code, count in ((2017, "27", 50), (2018, "27", 60), (2019, "27", 999), (2018, "63", 7))
        ]
    )
    counts = {"read_count": 1, "accepted_count": 1, "known_count": 0, "rejected_count": 0}
    for name, save, rows in (
        ("base-dep.csv", official_statistics.save_ssmsi, departement.astype({"rate": "Float64"})),
        ("base-com.csv", official_statistics.save_ssmsi_communes, commune.astype({"fact_count": "Int64"})),
        ("etat.xlsx", official_statistics.save_recorded_crimes, crimes),
    ):
        with change(engine, "essai") as made:
            save(made, rows)
            save_batch(made, Batch(BatchKind.STATISTICS, None, name, "0" * 64, "essai", **counts))
    named = {"commune_code": "91003", "force": "PN", "district_name": "Commissariat C", "district_kind": "commissariat"}
    with change(engine, "essai") as made:
        districts.save_competences(made, pd.DataFrame([named]), valid_from=date(2026, 1, 1))


@pytest.fixture(scope="module")
def filled_url(kept_store: Callable[..., str]) -> str:
    return kept_store(with_nomenclature, small_store, fill)


@pytest.fixture
def filled(filled_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("DATABASE_URL", filled_url)
    monkeypatch.setattr(recorded_services, "FILE", ROOT / "tests" / "data" / "services-4001-inventes.csv")
    recorded_services.service_ties.cache_clear()
    yield filled_url
    recorded_services.service_ties.cache_clear()


def drawn(**place: object) -> AppTest:
    def draw(place: dict) -> None:
        from lib.domain.scope import Scope  # noqa: PLC0415 - the body is a script of its own
        from lib.ui import data  # noqa: PLC0415 - the body is a script of its own
        from lib.ui.recorded_blocks import recorded_crime  # noqa: PLC0415 - the body is a script of its own
        from lib.ui.session import Visit  # noqa: PLC0415 - the body is a script of its own

        recorded_crime(Visit(data.snapshot(), Scope.everything(), False), "Lieu d’essai", **place)

    app = AppTest.from_function(draw, args=(place,), default_timeout=60).run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return " ".join(plain(body) for body in bodies(app))


def alternatives(app: AppTest) -> list[str]:
    return [chart.proto.alt.replace("\u00a0", " ") for chart in app.get("plotly_chart")]


def test_block_is_apart_and_says_why_it_is_not_added(filled):
    told = said(drawn(departement_code="77"))
    assert told.startswith("Criminalité enregistrée (contexte) Lieu d’essai, 2016 à 2017")
    assert "ils ne s’y ajoutent pas et ne s’en retranchent pas" in told
    assert "23 types sur 40 n’ont pas d’équivalent" in told


def test_departement_has_its_classes_its_file_and_violence_in_the_family(filled):
    app = drawn(departement_code="77")
    assert alternatives(app) == [
        "Violences physiques intrafamiliales (infractions), par an : 3 333 en 2017 ; absent : 2016.",
        "Cambriolages de logement (infractions), par an : 1 111 en 2016, 2 222 en 2017.",
    ]
    assert "fichier « base-dep.csv » importé le" in said(app)


def test_commune_has_its_hidden_cells_and_no_violence_in_the_family(filled):
    app = drawn(commune_code="77002")
    assert alternatives(app) == ["Cambriolages de logement (infractions), par an : 0 en 2016 ; non diffusé : 2017."]
    assert "Une année hachurée n’est pas diffusée" in said(app)
    assert "44" not in said(app)


def test_service_has_its_indexes_its_ties_and_the_reason_of_a_year_left_out(filled):
    app = drawn(district_id=1)
    assert alternatives(app) == [
        "Cambriolages de locaux d’habitation principale (faits constatés), par an : 50 en 2017, 60 en 2018."
    ]
    assert tables(app)[-1] == [
        ["CIAT D’ESSAI", "2016 à 2018", "même ressort ; mêmes communes dans un texte inventé"],
        ["CIAT D’ESSAI", "2019", "non repris ; colonnes interverties dans la feuille lue"],
    ]


def test_figures_hold_every_index_and_say_states_in_words(filled):
    with data.store(filled).connect() as connection:
        types = nomenclature.incident_types(connection)
        crimes = recorded_services.district_crimes(connection, "PN", "Commissariat d’essai")
        commune = official_statistics.ssmsi_commune(connection, "77002")
    indexes, classes = series_table(index_series(crimes, types)), series_table(class_series(commune, types))
    assert indexes.columns.tolist() == [
        "Cambriolages de locaux d’habitation principale (faits constatés)",
        "Incendies volontaires de biens privés (faits constatés)",
    ]
    assert indexes.loc[["2018", "2017"]].to_numpy().tolist() == [["60", "7"], ["50", "—"]]
    assert classes["Cambriolages de logement (infractions)"].to_dict() == {"2017": "non diffusé", "2016": "0"}


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ({"departement_code": "91"}, "ne contient rien pour ce département"),
        ({"commune_code": "91001"}, "ne contient rien pour cette commune"),
        ({"district_id": 3}, "Aucun service de l’état 4001 (2012 à 2020) ne correspond"),
        ({"district_id": 2}, "l’état 4001 ne contient rien pour les services correspondants"),
    ],
)
def test_nothing_loaded_is_said_in_a_sentence_and_nothing_is_drawn(filled, place, why):
    app = drawn(**place)
    assert why in said(app)
    assert alternatives(app) == []
    assert "23 types sur 40" in said(app)


@pytest.mark.parametrize("place", [{}, {"commune_code": "77002", "departement_code": "77"}])
def test_place_is_named_by_one_key(filled, place):
    with pytest.raises(ValueError, match="one key"):
        recorded_crime(Visit(data.snapshot(), Scope.everything(), False), "Lieu", **place)


def test_company_says_which_other_brigades_it_covers():
    ties = pd.DataFrame([["CGD ESSAI", 2012, 2013, Tie.WIDER, "d’après un essai"]])
    ties.columns = ["service_name", "first_year", "last_year", "tie", "remark"]
    (line,) = tie_lines(ties, ["Gendarmerie - Brigade d'essai"])
    assert line[2].replace("\u00a0", " ") == (
        "compagnie de gendarmerie : couvre aussi, au moins, Brigade d’essai ; d’après un essai"
    )
    assert tie_lines(ties, [])[0][2].startswith("ressort plus large")
