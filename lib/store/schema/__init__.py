"""Tables of the store. Privacy classes A and B only (docs/methods/donnees.md): no person.

No free text but what partners write of places and decisions (docs/decisions/0027).
"""

from lib.store.schema.actions import (
    ActionClock,
    ActionPartner,
    ActionPlace,
    ActionVersion,
    CommitteeChoice,
    Decision,
    JointAction,
    Meeting,
    MeetingPartner,
    MeetingVersion,
)
from lib.store.schema.base import Base, Revision, Setting
from lib.store.schema.halls import HallMonth
from lib.store.schema.housing import Landlord, ReportingMonth, Residence
from lib.store.schema.registers import (
    BatchChange,
    Incident,
    IngestBatch,
    RegisterMapping,
    RejectedRow,
    RejectionReason,
    Situation,
)
from lib.store.schema.schemes import Scheme
from lib.store.schema.statistics import RecordedCrime, SsmsiCommune, SsmsiDepartement
from lib.store.schema.territory import Commune, CommuneAlias, CommuneDistrict, Departement, District, Qpv, QpvCommune
from lib.store.schema.vocabulary import ContextPeriod, IncidentFamily, IncidentType, Referent

__all__ = [
    "ActionClock",
    "ActionPartner",
    "ActionPlace",
    "ActionVersion",
    "Base",
    "BatchChange",
    "CommitteeChoice",
    "Commune",
    "CommuneAlias",
    "CommuneDistrict",
    "ContextPeriod",
    "Decision",
    "Departement",
    "District",
    "HallMonth",
    "Incident",
    "IncidentFamily",
    "IncidentType",
    "IngestBatch",
    "JointAction",
    "Landlord",
    "Meeting",
    "MeetingPartner",
    "MeetingVersion",
    "Qpv",
    "QpvCommune",
    "RecordedCrime",
    "Referent",
    "RegisterMapping",
    "RejectedRow",
    "RejectionReason",
    "ReportingMonth",
    "Residence",
    "Revision",
    "Scheme",
    "Setting",
    "Situation",
    "SsmsiCommune",
    "SsmsiDepartement",
]
