import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.ingest import addresses
from lib.ingest.addresses import Address, commune_form, read_address


@pytest.mark.parametrize(
    "text",
    ["12 bis avenue de la République", "12bis, av. de la Republique", "12 B AVE DE LA REPUBLIQUE",
     "Résidence Les Lilas - 12 bis av. République", "n° 12 bis AVENUE AVENUE DE LA RÉPUBLIQUE"],
)  # fmt: skip
def test_one_address_is_read_alike_in_each_way_of_writing_it(text):
    assert read_address(text) == Address("avenue republique", frozenset({"12b"}), "", ("", ""))


@pytest.mark.parametrize(
    ("text", "street"),
    [("3 bd du Gal Leclerc", "boulevard general leclerc"), ("3 pl. St-Jean", "place saint jean"),
     ("3 r. du Dr Roux", "rue docteur roux"), ("3 imp. du Puits", "impasse puits"), ("3 all. d'Ivry", "allee ivry"),
     ("3 ALLEES D’IVRY", "allee ivry"), ("3 rue A", "rue a"), ("3 rue du 8 mai 1945", "rue 8 mai 1945")],
)  # fmt: skip
def test_abbreviations_are_understood(text, street):
    found = read_address(text)
    assert (found.street, found.numbers) == (street, {"3"})


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("16-20 RUE X", {"16", "18", "20"}), ("12 à 16 rue X", {"12", "14", "16"}), ("12/14 rue X", {"12", "14"}),
     ("2, 4, 6 rue X", {"2", "4", "6"}), ("Bât 3, 14 rue X", {"14"}), ("rue X", set()), ("1-200 rue X", {"1", "200"}),
     ("LOT D1B - 86 RUE X", {"86"}), ("12 ter rue X", {"12t"})],
)  # fmt: skip
def test_a_building_has_each_of_its_numbers(text, numbers):
    found = read_address(text)
    assert (found.street, found.numbers) == ("rue x", numbers)


def test_postal_code_and_commune_are_told_from_the_way():
    found = read_address("12 rue des Lilas, 91000 Évry-Courcouronnes CEDEX")
    assert found == Address("rue lilas", frozenset({"12"}), "91000", ("evry courcouronnes", ""))


@pytest.mark.parametrize(
    ("name", "form"),
    [("L’Haÿ-les-Roses", ("hay roses", "")), ("HAY LES ROSES (L)", ("hay roses", "")),
     ("St-Denis", ("saint denis", "")), ("Le Mée-sur-Seine", ("mee seine", "")), ("Mée s/ Seine", ("mee seine", "")),
     ("Paris 12e", ("paris", "12")),
     ("Paris 1er arrondissement", ("paris", "1")), ("PARIS", ("paris", "")), ("Melun Cedex 2", ("melun", ""))],
)  # fmt: skip
def test_a_commune_is_compared_without_article_nor_accent(name, form):
    assert commune_form(name) == form


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_ever_raises(text):
    assert isinstance(read_address(text), Address)
    assert len(commune_form(text)) == 2


def test_runs_of_spaces_are_one_before_anything_is_looked_for(monkeypatch):
    seen: list[str] = []

    class Spy:
        def search(self, text: str) -> None:
            seen.append(text)

    monkeypatch.setattr(addresses, "_POSTAL", Spy())
    read_address("12" + " \u00a0" * 200 + "rue" + "\t" * 50 + "des Lilas n  °  4")
    assert seen == ["12 rue des lilas  4"]
