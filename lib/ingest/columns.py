"""Columns of ours that a register may fill, and how a row names its residence."""

from enum import StrEnum

from lib.domain import vocabulary as v

LISTS: dict[str, type[StrEnum]] = {
    "place_type": v.PlaceType,
    "report_channel": v.ReportChannel,
    "victim_category": v.VictimCategory,
    "cause": v.Cause,
    "weapon": v.Weapon,
    "complaint_status": v.ComplaintStatus,
    "no_complaint_reason": v.NoComplaintReason,
    "outcome": v.Outcome,
}
OTHER_COLUMNS = frozenset(
    {
        "external_reference",
        "residence_reference",
        "residence_name",
        "longitude",
        "latitude",
        "address",
        "postal_code",
        "commune_name",
        "commune_code",
        "type_code",
        "occurred_on",
        "start_minute",
        "end_minute",
        "reported_on",
        "severity_override",
        "building_code",
        "hall_code",
        "itt_days",
        "sick_leave_days",
        "repair_cost_estimated",
        "repair_cost_invoiced",
        "complaint_filed_on",
    }
)
COLUMNS = OTHER_COLUMNS | set(LISTS)
# Columns where software writes long numbers: ten digits in a row are no phone there.
REFERENCE_COLUMNS = frozenset({"external_reference", "residence_reference"})
# Each of these sets of columns is enough to find a residence among those of the landlord.
PLACES = (frozenset({"residence_reference"}), frozenset({"longitude", "latitude"}), frozenset({"address"}))


class ResidenceKey(StrEnum):
    """How a row names its residence.

    ``REFERENCE``: found among the landlord's residences, by its reference where that column is declared, else by
    coordinates, else by address. ``POINTS``: there is no list, residences are made of the points of the file.
    """

    REFERENCE = "reference"
    POINTS = "points"
