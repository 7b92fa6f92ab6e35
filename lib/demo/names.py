"""Invented names: landlords, priority neighbourhoods, residences; none comes from a real list, none is a person's."""

import numpy as np
import pandas as pd


def _words(text: str) -> list[str]:
    return text.split()


# Code, name, share of the dwellings. The last one is the landlord that falls silent (stories.py).
LANDLORDS = (
    ("HDP", "Habitat des Deux Plateaux", 0.19),
    ("FVC", "Foyers de la Vallée Claire", 0.17),
    ("LCF", "Logis des Cent Fontaines", 0.14),
    ("MHP", "Maisons du Haut Pré", 0.12),
    ("TPB", "Toits de la Plaine Blonde", 0.10),
    ("DVP", "Domaines du Vieux Pont", 0.08),
    ("ROV", "Résidences de l’Orée Verte", 0.06),
    ("CCF", "Coopérative du Clos Fleuri", 0.05),
    ("ORD", "Office des Rives Douces", 0.09),
)

# Birds and trees that name no priority neighbourhood of Île-de-France, in either generation (README.md).
QUARTER_NAMES = tuple(
    f"Les {name}"
    for name in _words(
        "Engoulevents Bergeronnettes Gobemouches Traquets Sittelles Courlis Rousserolles Vanneaux Pluviers Chevêches "
        "Huppes Torcols Bruants Tarins Sizerins Avocettes Barges Balbuzards Circaètes Accenteurs Arbousiers Alisiers "
        "Micocouliers Paulownias Liquidambars Tulipiers Sophoras Ginkgos Féviers Plaqueminiers Jujubiers Cornouillers "
        "Argousiers Viornes Fusains Nerpruns Camérisiers Genévriers Ptérocaryas Savonniers"
    )
)

_FORMS = ("Les {}", "Résidence des {}", "Clos des {}", "Square des {}", "Cour des {}", "Terrasses des {}")
_FORMS += ("Jardins des {}", "Hameau des {}")
_WORDS = _words(
    "Achillées Agrions Amarantes Ancolies Andrènes Anémones Angéliques Argus Armoises Asphodèles Aubriètes Balsamines "
    "Bécassines Bétoines Bouvreuils Brizes Brunelles Bugles Busards Campanules Cardamines Carlines Centaurées "
    "Chardonnerets Chélidoines Cicindèles Cistudes Clématites Colchiques Corydales Crécerelles Digitales Épervières "
    "Épiaires Eupatoires Filipendules Fluorites Fritillaires Fumeterres Galènes Garances Gentianes Gesses Gravelots "
    "Grèbes Grimpereaux Guêpiers Héliotropes Hellébores Hespéries Houlques Hulottes Immortelles Ipomées Joubarbes "
    "Laîches Lamiers Libellules Linaires Locustelles Loriots Lotiers Lunaires Luzules Lysimaques Machaons Marouettes "
    "Mauves Mélilots Mélisses Mélitées Molènes Morios Myosotis Nigelles Nivéoles Onagres Orchis Orpins Parnassies "
    "Phalènes Piloselles Pimprenelles Pouillots Pulmonaires Pulsatilles Râles Renoncules Roitelets Sarcelles Sauges "
    "Saxifrages Scabieuses Scilles Serpolets Silènes Spirées Sylvains Tadornes Tanaisies Valérianes Verdiers "
    "Véroniques Vulcains Zygènes"
)


def landlords() -> pd.DataFrame:
    """``landlord_code``, ``landlord_name``, ``share`` of the dwellings; largest first, the silent one last."""
    return pd.DataFrame(LANDLORDS, columns=["landlord_code", "landlord_name", "share"])


def residence_names(rng: np.random.Generator, count: int) -> list[str]:
    """So many different names, in an order drawn at random.

    Raises:
        ValueError: If more are asked for than can be made.
    """
    every = [form.format(word) for word in _WORDS for form in _FORMS]
    if count > len(every):
        raise ValueError(f"only {len(every)} residence names can be made")
    return [every[i] for i in rng.permutation(len(every))[:count]]


def quarter_code(departement_code: str, number: int, generation: int) -> str:
    """A code that no real neighbourhood can bear: a letter F where official codes have a digit, an X at the end."""
    prefix = "QN" if generation == 2024 else "QP"
    return f"{prefix}{departement_code:0>3}F{number:02d}X"
