"""Contacts of partners: functions and service mailboxes that do not exist, and nobody's name."""

import re
import unicodedata

import pandas as pd

PARTNERS = {"PN": "Police nationale", "GN": "Gendarmerie nationale"}
FUNCTIONS = {"PN": "Référent tranquillité résidentielle", "GN": "Correspondant bailleurs"}
STATE = (("Préfecture", "Pôle sécurité du cabinet", "securite"), ("Parquet", "Référent logement social", "parquet"))
DOMAIN = "exemple.fr"
COLUMNS = ["partner", "function", "mailbox", "departement_code", "district_id", "landlord_id"]


def referents(districts: pd.DataFrame, landlords: pd.DataFrame, departement_codes: list[str]) -> pd.DataFrame:
    """One contact per service and per landlord, two per département.

    Args:
        districts: ``district_id``, ``force``, ``district_name``.
        landlords: ``landlord_id``, ``landlord_code``, ``landlord_name``.
        departement_codes: Départements shown.

    Returns:
        ``partner``, ``function``, ``mailbox``, and the one key each contact hangs on, the others missing.
    """
    of_services = [
        (PARTNERS[row.force], FUNCTIONS[row.force], _mailbox(row.force, row.district_name), None, row.district_id, None)
        for row in districts.itertuples()
    ]
    of_landlords = [
        (row.landlord_name, "Référent sûreté", _mailbox("surete", row.landlord_code), None, None, row.landlord_id)
        for row in landlords.itertuples()
    ]
    of_state = [
        (partner, function, _mailbox(box, code), code, None, None)
        for code in departement_codes
        for partner, function, box in STATE
    ]
    found = pd.DataFrame([*of_services, *of_landlords, *of_state], columns=COLUMNS)
    return found.astype({"district_id": "Int64", "landlord_id": "Int64"})


def _mailbox(*words: str) -> str:
    plain = unicodedata.normalize("NFKD", "-".join(words).lower()).encode("ascii", "ignore").decode()
    return f"{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')}@{DOMAIN}"
