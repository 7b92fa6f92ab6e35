"""Every closed list of the trade: the values kept in the store; their French labels are in ``terms``."""

from enum import StrEnum


class Force(StrEnum):
    """National police or gendarmerie."""

    PN = "PN"
    GN = "GN"


class QpvStatus(StrEnum):
    """Place of a residence against the priority neighbourhoods of one generation."""

    INSIDE = "inside"
    NEAR = "near"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class TimePrecision(StrEnum):
    """What a register knows of the moment of a fact."""

    EXACT = "exact"
    RANGE = "range"
    DAY = "day"
    MONTH = "month"
    UNKNOWN = "unknown"


class Comparability(StrEnum):
    """How far a type may be set beside a class of recorded crime (DOMAIN §2)."""

    DIRECT = "direct"
    PARTIAL = "partial"
    THEMATIC = "thematic"
    NONE = "none"


class TargetDomain(StrEnum):
    """What a type of fact strikes."""

    PERSONS = "persons"
    PROPERTY = "property"
    ENJOYMENT = "enjoyment"
    TRAFFICKING = "trafficking"
    COMMON_SPACE = "common_space"


class GsupDomain(StrEnum):
    """The four domains of urban and social local management."""

    LIVING_ENVIRONMENT = "living_environment"
    SERVICE_QUALITY = "service_quality"
    SOCIAL_FUNCTIONING = "social_functioning"
    INSECURITY_PREVENTION = "insecurity_prevention"


class ResponseOwner(StrEnum):
    """Who answers first for a type of fact."""

    LANDLORD = "landlord"
    LOCAL_AUTHORITY = "local_authority"
    STATE = "state"


class PlaceType(StrEnum):
    """Where in or around a residence."""

    HALL = "hall"
    STAIRCASE = "staircase"
    LIFT = "lift"
    CELLAR = "cellar"
    PARKING = "parking"
    ROOF = "roof"
    COMMON_ROOM = "common_room"
    OUTDOOR = "outdoor"
    DWELLING = "dwelling"
    OFFICE = "office"
    SURROUNDINGS = "surroundings"
    UNKNOWN = "unknown"


class ReportChannel(StrEnum):
    """Who told of the fact."""

    CARETAKER = "caretaker"
    TENANT = "tenant"
    CALL_CENTRE = "call_centre"
    PATROL = "patrol"
    CONTRACTOR = "contractor"
    POLICE = "police"
    OTHER = "other"
    UNKNOWN = "unknown"


class VictimCategory(StrEnum):
    """Kind of victim, never a person."""

    FRONTLINE_STAFF = "frontline_staff"
    OTHER_STAFF = "other_staff"
    CONTRACTOR = "contractor"
    TENANT = "tenant"
    THIRD_PARTY = "third_party"
    LANDLORD = "landlord"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """Occasion of the fact, as the register states it."""

    RULE_REMINDER = "rule_reminder"
    ARREARS_OR_ALLOCATION = "arrears_or_allocation"
    TECHNICAL = "technical"
    TRAFFICKING = "trafficking"
    UNKNOWN = "unknown"


class Weapon(StrEnum):
    """Weapon reported."""

    NONE = "none"
    MAKESHIFT = "makeshift"
    BLADE = "blade"
    FIREARM = "firearm"
    UNKNOWN = "unknown"


class ComplaintStatus(StrEnum):
    """State of the complaint attached to a fact (DOMAIN §1.6)."""

    NOT_CONSIDERED = "not_considered"
    TO_DECIDE = "to_decide"
    REFUSED_BY_VICTIM = "refused_by_victim"
    POLICE_LOG_ENTRY = "police_log_entry"
    GENDARMERIE_INFORMATION_REPORT = "gendarmerie_information_report"
    ONLINE_PRE_COMPLAINT = "online_pre_complaint"
    FILED = "filed"
    FILED_WITH_PROSECUTOR = "filed_with_prosecutor"
    REGISTRATION_REFUSED = "registration_refused"
    SWORN_WARDEN_REPORT = "sworn_warden_report"
    UNKNOWN = "unknown"


FILED_STATUSES = frozenset({ComplaintStatus.FILED, ComplaintStatus.FILED_WITH_PROSECUTOR})
# Whether a complaint was filed is not known yet, or was not told.
OPEN_STATUSES = frozenset({ComplaintStatus.UNKNOWN, ComplaintStatus.TO_DECIDE, ComplaintStatus.ONLINE_PRE_COMPLAINT})


class NoComplaintReason(StrEnum):
    """Why no complaint was filed."""

    DISCOURAGEMENT = "discouragement"
    FEAR_OF_REPRISAL = "fear_of_reprisal"
    VICTIM_REFUSAL = "victim_refusal"
    MINOR_FACT = "minor_fact"
    REGISTRATION_REFUSED = "registration_refused"
    DELAY = "delay"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """Judicial follow-up of a complaint."""

    PENDING = "pending"
    DROPPED = "dropped"
    ALTERNATIVE_TO_PROSECUTION = "alternative_to_prosecution"
    PROSECUTED = "prosecuted"
    CONVICTED = "convicted"
    ACQUITTED = "acquitted"
    UNKNOWN = "unknown"


class ReportingStatus(StrEnum):
    """What a landlord said of one residence and one month."""

    REPORTED = "reported"
    NOTHING_TO_REPORT = "nothing_to_report"
    SILENT = "silent"


class BatchKind(StrEnum):
    """What an imported file held; ``REPLAY`` is waiting rows judged again, without any file."""

    TERRITORY = "territory"
    HOUSING = "housing"
    INCIDENTS = "incidents"
    REPLAY = "replay"
    REPORTING = "reporting"
    STATISTICS = "statistics"
    DEMONSTRATION = "demonstration"


class SchemeKind(StrEnum):
    """What a scheme brings to the places it bears on."""

    NIGHT_WARDENS = "night_wardens"
    GPIS = "GPIS"
    MOBILE_TEAM = "mobile_team"
    SOCIAL_MEDIATION = "social_mediation"
    CCTV = "cctv"
    PATROL = "patrol"
    SWORN_WARDEN = "sworn_warden"
    OTHER = "other"


class HallOccupancy(StrEnum):
    """How a hall was found over a month, in the register that some landlords keep of them."""

    FREE = "free"
    OCCASIONAL = "occasional"
    DAILY = "daily"


class RejectionStatus(StrEnum):
    """A row kept waits for a correction or for a label to be mapped, is brought since, or is set aside for good."""

    OPEN = "open"
    TO_QUALIFY = "to_qualify"
    RESOLVED = "resolved"
    SET_ASIDE = "set_aside"


# Weights of the severity index: proposal of the trade file (DOMAIN §1.4), displayed wherever the index is.
SEVERITY_WEIGHTS: dict[int, int] = {1: 1, 2: 2, 3: 5, 4: 10}
NEAR_QPV_M = 300


class ActionKind(StrEnum):
    """What partners do together: against facts at a place, or for its tenants."""

    INTERVENTION = "intervention"
    SOCIAL = "social"


class ActionStatus(StrEnum):
    """How far a joint action is."""

    PROPOSED = "proposed"
    DECIDED = "decided"
    ONGOING = "ongoing"
    DONE = "done"
    ABANDONED = "abandoned"


OPEN_ACTION_STATUSES = frozenset({ActionStatus.PROPOSED, ActionStatus.DECIDED, ActionStatus.ONGOING})


class Partner(StrEnum):
    """Who acts, decides and writes: an institution, never a person."""

    LANDLORD = "landlord"
    POLICE = "police"
    GENDARMERIE = "gendarmerie"
    MUNICIPAL_POLICE = "municipal_police"
    JUSTICE = "justice"
    PREFECTURE = "prefecture"
    MUNICIPALITY = "municipality"
    PREVENTION_CLUB = "prevention_club"
    MEDIATION = "mediation"


class MeetingBody(StrEnum):
    """Who meets (DOMAIN §3)."""

    COPIL = "COPIL"
    COTECH = "COTECH"
    CLSPD = "CLSPD"
    MONITORING_CELL = "monitoring_cell"
    GPO = "GPO"


class ActionIndicator(StrEnum):
    """What the objective of an action is measured by."""

    FACTS = "facts"
    SEVERITY_INDEX = "severity_index"
    STAFF_FACTS = "staff_facts"
    COMPLAINTS = "complaints"
    OCCUPIED_HALLS = "occupied_halls"
    CALLS = "calls"
    HOUSEHOLDS = "households"


class LegalClockKind(StrEnum):
    """A delay that the law sets (DOMAIN §1.7); its length and its text are in ``clocks``."""

    PREFECT_INJUNCTION = "prefect_injunction"
    WARDEN_REPORT = "warden_report"


class ChoiceKind(StrEnum):
    """What a committee chooses, version after version."""

    WEIGHTS = "weights"
    RESPONSES = "responses"
