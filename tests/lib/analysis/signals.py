import numpy as np


def signal(residence_id: int = 1, **given: object) -> dict[str, object]:
    """A residence of 100 dwellings that told of every month, in both years, and has no fact."""
    calm = {
        "qpv_id": np.nan,
        "district_id": np.nan,
        "dwelling_count": 100,
        "reporting_dwelling_months": 1200,
        "previous_reporting_dwelling_months": 1200,
        "reporting_month_count": 12,
        "month_count": 12,
        "incident_count": 0,
        "previous_incident_count": 0,
        "severity_index": 0,
        "staff_count": 0,
        "eligible_known_count": 0,
        "complaint_count": 0,
        "touched_month_count": 0,
        "alert_month_count": 0,
        "serious_month_count": 0,
        "hall_month_count": np.nan,
    }
    return {"residence_id": residence_id, **calm, **given}
