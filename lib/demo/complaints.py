"""Complaints attached to facts: filed or not, when, why not, and what is known of the outcome."""

import numpy as np
import pandas as pd

from lib.demo.draws import pick
from lib.demo.rates import COVERED

# Landlords do not all file alike.
LANDLORD_SPREAD = 0.28
WITH_PROSECUTOR_SHARE = 0.06
UNFILED = "not_considered:40 police_log_entry:20 refused_by_victim:8 online_pre_complaint:4 registration_refused:3 "
UNFILED += "unknown:25"
SWORN_WARDEN_TYPES, SWORN_WARDEN_SHARE = ("BIE-02", "CAD-02", "JOU-03", "BIE-01"), 0.05
# A recent fact may still wait for a decision.
RECENT_DAYS, TO_DECIDE_SHARE = 60, 0.45
REASONS = "discouragement:24 fear_of_reprisal:11 minor_fact:24 delay:7 unknown:34"
FILING_LAGS_DAYS = "1:35 2:18 3:12 4:8 6:7 9:6 14:6 21:4 35:3 60:1"
OUTCOMES = "unknown:52 dropped:33 alternative_to_prosecution:5 prosecuted:6 convicted:3 acquitted:0.4 pending:1"
OUTCOMES_OF_RECENT = "pending:60 unknown:33 dropped:7"
OUTCOME_DAYS = 210


def complaints(rng: np.random.Generator, facts: pd.DataFrame) -> pd.DataFrame:
    """Complaint of each fact; only facts that allow one ever have it.

    Args:
        rng: Source of chance.
        facts: ``type_code``, ``is_complaint_eligible``, ``complaint_share``, ``landlord_code``, ``force``,
            ``occurred_on``.

    Returns:
        ``complaint_status``, ``complaint_filed_on``, ``no_complaint_reason``, ``outcome``; index of ``facts``.
    """
    is_eligible = facts["is_complaint_eligible"].to_numpy()
    chance = facts["complaint_share"].to_numpy() * _landlord_habit(rng, facts["landlord_code"])
    filed_on = facts["occurred_on"] + pd.to_timedelta(pick(rng, FILING_LAGS_DAYS, len(facts)).astype(int), unit="D")
    would_file = is_eligible & (rng.random(len(facts)) < chance)
    is_filed = would_file & (filed_on <= pd.Timestamp(COVERED.last_day)).to_numpy()
    status = _statuses(rng, facts, is_filed, is_waiting=would_file & ~is_filed)
    return pd.DataFrame(
        {
            "complaint_status": status,
            "complaint_filed_on": filed_on.where(is_filed),
            "no_complaint_reason": _reasons(rng, status, is_eligible & ~is_filed),
            "outcome": _outcomes(rng, filed_on, is_filed),
        },
        index=facts.index,
    )


def _landlord_habit(rng: np.random.Generator, codes: pd.Series) -> np.ndarray:
    known, at = np.unique(codes, return_inverse=True)
    return rng.uniform(1 - LANDLORD_SPREAD, 1 + LANDLORD_SPREAD, len(known))[at]


def _statuses(
    rng: np.random.Generator, facts: pd.DataFrame, is_filed: np.ndarray, *, is_waiting: np.ndarray
) -> np.ndarray:
    count = len(facts)
    is_eligible = facts["is_complaint_eligible"].to_numpy()
    status = np.where(is_eligible, pick(rng, UNFILED, count), "not_considered")
    is_gendarmerie = (facts["force"] == "GN").to_numpy()
    status = np.where((status == "police_log_entry") & is_gendarmerie, "gendarmerie_information_report", status)
    is_sworn = facts["type_code"].isin(SWORN_WARDEN_TYPES).to_numpy() & (rng.random(count) < SWORN_WARDEN_SHARE)
    status = np.where(is_sworn, "sworn_warden_report", status)
    age = (pd.Timestamp(COVERED.last_day) - facts["occurred_on"]).dt.days.to_numpy()
    is_undecided = is_eligible & (age < RECENT_DAYS) & (rng.random(count) < TO_DECIDE_SHARE)
    status = np.where(is_undecided | is_waiting, "to_decide", status)
    filed = np.where(rng.random(count) < WITH_PROSECUTOR_SHARE, "filed_with_prosecutor", "filed")
    return np.where(is_filed, filed, status).astype(object)


def _reasons(rng: np.random.Generator, status: np.ndarray, is_unfiled: np.ndarray) -> np.ndarray:
    drawn = pick(rng, REASONS, len(status))
    said = np.select(
        [status == "refused_by_victim", status == "registration_refused", status == "to_decide"],
        ["victim_refusal", "registration_refused", "unknown"],
        drawn.astype(str),
    )
    return np.where(is_unfiled, said, "not_applicable").astype(object)


def _outcomes(rng: np.random.Generator, filed_on: pd.Series, is_filed: np.ndarray) -> np.ndarray:
    is_recent = ((pd.Timestamp(COVERED.last_day) - filed_on).dt.days < OUTCOME_DAYS).to_numpy()
    drawn = np.where(is_recent, pick(rng, OUTCOMES_OF_RECENT, len(filed_on)), pick(rng, OUTCOMES, len(filed_on)))
    return np.where(is_filed, drawn, "unknown").astype(object)
