"""What partners decided and did: joint actions, their history, meetings, choices of a committee; never a person."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lib.domain import vocabulary as v
from lib.store.schema.base import CODE, Base, Revised, enum

MAX_TITLE_CHARS, MAX_TEXT_CHARS, MAX_UNIT_CHARS = 120, 2_000, 60
MAX_MONTHS_MEASURED = 36
TITLE, UNIT = String(MAX_TITLE_CHARS), String(MAX_UNIT_CHARS)
ONE_PLACE = " + ".join(
    f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END" for name in ("residence_id", "qpv_id", "district_id", "commune_code")
)


def _at_most(name: str, length: int = MAX_TEXT_CHARS) -> CheckConstraint:
    return CheckConstraint(f"length({name}) <= {length}", name=name)


class Meeting(Revised, Base):
    """A meeting of partners; ``version`` counts its changes. Without département, it is of several."""

    __tablename__ = "meeting"
    __table_args__ = (CheckConstraint("version >= 1", name="version"), _at_most("label", MAX_TITLE_CHARS))
    meeting_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    body: Mapped[v.MeetingBody] = mapped_column(enum(v.MeetingBody))
    held_on: Mapped[date]
    departement_code: Mapped[str | None] = mapped_column(ForeignKey("departement.departement_code"))
    label: Mapped[str] = mapped_column(TITLE)


class MeetingPartner(Revised, Base):
    """A partner present at a meeting."""

    __tablename__ = "meeting_partner"
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.meeting_id", ondelete="CASCADE"), primary_key=True)
    partner: Mapped[v.Partner] = mapped_column(enum(v.Partner), primary_key=True)


class MeetingVersion(Revised, Base):
    """All that a meeting said at one version, as ``ActionVersion``; none of before migration 0008."""

    __tablename__ = "meeting_version"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.meeting_id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    changed_at: Mapped[datetime]
    changed_by: Mapped[v.Partner] = mapped_column(enum(v.Partner, "changed_by"))
    erased_field: Mapped[str | None] = mapped_column(CODE)
    content: Mapped[str] = mapped_column(Text)


class JointAction(Revised, Base):
    """A joint action as it is now; ``version`` counts its changes. A text that says nothing is blank.

    ``weekday_mask``: sum of 1 for Monday, 2 for Tuesday to 64 for Sunday. ``tfpb_pct``: 0 to 100.
    """

    __tablename__ = "joint_action"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint(f"length(title) BETWEEN 1 AND {MAX_TITLE_CHARS}", name="title"),
        *(_at_most(name) for name in ("problem", "objective", "means", "legal_ground", "abandon_reason")),
        _at_most("volume_unit", MAX_UNIT_CHARS),
        CheckConstraint("(status = 'abandoned') = (length(abandon_reason) > 0)", name="abandoned"),
        CheckConstraint("weekday_mask BETWEEN 0 AND 127", name="weekday_mask"),
        CheckConstraint("start_minute BETWEEN 0 AND 1439", name="start_minute"),
        CheckConstraint("end_minute BETWEEN 0 AND 1439", name="end_minute"),
        CheckConstraint("(start_minute IS NULL) = (end_minute IS NULL)", name="hours"),
        CheckConstraint("(indicator IS NULL) = (target IS NULL)", name="target"),
        CheckConstraint("baseline >= 0", name="baseline"),
        CheckConstraint("target >= 0", name="target_value"),
        CheckConstraint(f"months_measured BETWEEN 1 AND {MAX_MONTHS_MEASURED}", name="months_measured"),
        CheckConstraint("reached >= 0", name="reached"),
        CheckConstraint("cost_euros >= 0", name="cost_euros"),
        CheckConstraint("tfpb_pct BETWEEN 0 AND 100", name="tfpb_pct"),
        CheckConstraint("volume >= 0", name="volume"),
        CheckConstraint("volume_done >= 0", name="volume_done"),
        CheckConstraint("due_on >= starts_on", name="due_on"),
        CheckConstraint("evaluated_on >= starts_on", name="evaluated_on"),
    )
    action_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    title: Mapped[str] = mapped_column(TITLE)
    kind: Mapped[v.ActionKind] = mapped_column(enum(v.ActionKind))
    status: Mapped[v.ActionStatus] = mapped_column(enum(v.ActionStatus))
    abandon_reason: Mapped[str] = mapped_column(Text)
    problem: Mapped[str] = mapped_column(Text)
    family_code: Mapped[str | None] = mapped_column(ForeignKey("incident_family.family_code"))
    weekday_mask: Mapped[int]
    start_minute: Mapped[int | None]
    end_minute: Mapped[int | None]
    objective: Mapped[str] = mapped_column(Text)
    indicator: Mapped[v.ActionIndicator | None] = mapped_column(enum(v.ActionIndicator))
    baseline: Mapped[float | None]
    target: Mapped[float | None]
    months_measured: Mapped[int | None]
    reached: Mapped[float | None]
    pilot: Mapped[v.Partner | None] = mapped_column(enum(v.Partner, "pilot"))
    means: Mapped[str] = mapped_column(Text)
    legal_ground: Mapped[str] = mapped_column(Text, server_default="")
    cost_euros: Mapped[float | None] = mapped_column(Numeric(12, 2, asdecimal=False))
    tfpb_pct: Mapped[int | None]
    volume: Mapped[int | None]
    volume_done: Mapped[int | None]
    volume_unit: Mapped[str] = mapped_column(UNIT)
    starts_on: Mapped[date | None]
    due_on: Mapped[date | None]
    evaluated_on: Mapped[date | None]


class ActionPlace(Revised, Base):
    """A place of an action: a residence, one of its halls, a QPV, a service or a commune."""

    __tablename__ = "action_place"
    __table_args__ = (
        CheckConstraint(f"{ONE_PLACE} = 1", name="one_key"),
        CheckConstraint("hall_code = '' OR residence_id IS NOT NULL", name="hall"),
        CheckConstraint("building_code = '' OR hall_code <> ''", name="building"),
    )
    action_place_id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("joint_action.action_id", ondelete="CASCADE"), index=True)
    residence_id: Mapped[int | None] = mapped_column(ForeignKey("residence.residence_id"), index=True)
    building_code: Mapped[str] = mapped_column(CODE)
    hall_code: Mapped[str] = mapped_column(CODE)
    qpv_id: Mapped[int | None] = mapped_column(ForeignKey("qpv.qpv_id"))
    district_id: Mapped[int | None] = mapped_column(ForeignKey("district.district_id"))
    commune_code: Mapped[str | None] = mapped_column(ForeignKey("commune.commune_code"))


class ActionPartner(Revised, Base):
    """A partner of an action."""

    __tablename__ = "action_partner"
    action_id: Mapped[int] = mapped_column(ForeignKey("joint_action.action_id", ondelete="CASCADE"), primary_key=True)
    partner: Mapped[v.Partner] = mapped_column(enum(v.Partner), primary_key=True)


class ActionClock(Revised, Base):
    """A legal delay that runs for an action from a day on."""

    __tablename__ = "action_clock"
    __table_args__ = (CheckConstraint("answered_on >= starts_on", name="answered_on"),)
    action_clock_id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("joint_action.action_id", ondelete="CASCADE"), index=True)
    kind: Mapped[v.LegalClockKind] = mapped_column(enum(v.LegalClockKind))
    starts_on: Mapped[date]
    answered_on: Mapped[date | None]


class ActionVersion(Revised, Base):
    """All that an action said at one version, as JSON text; never changed, but by a text taken out for good.

    ``erased_field``: at the version that tells of it, the field whose text was taken out of all those before.
    """

    __tablename__ = "action_version"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)
    action_id: Mapped[int] = mapped_column(ForeignKey("joint_action.action_id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    changed_at: Mapped[datetime]
    changed_by: Mapped[v.Partner] = mapped_column(enum(v.Partner, "changed_by"))
    erased_field: Mapped[str | None] = mapped_column(CODE)
    content: Mapped[str] = mapped_column(Text)


class Decision(Revised, Base):
    """What a meeting decided, in order, and the action it led to: the only word on which meeting decided an action."""

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint(f"length(text) BETWEEN 1 AND {MAX_TEXT_CHARS}", name="text"),
    )
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.meeting_id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    action_id: Mapped[int | None] = mapped_column(ForeignKey("joint_action.action_id"), index=True)


class CommitteeChoice(Revised, Base):
    """What a committee chose, as JSON text; never changed: another choice is another version."""

    __tablename__ = "committee_choice"
    __table_args__ = (UniqueConstraint("kind", "version"), CheckConstraint("version >= 1", name="version"))
    committee_choice_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[v.ChoiceKind] = mapped_column(enum(v.ChoiceKind))
    version: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[v.Partner] = mapped_column(enum(v.Partner, "made_by"))
    content: Mapped[str] = mapped_column(Text)
