"""joint actions, their history, meetings and choices of a committee

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = ("intervention", "social")
STATUSES = ("proposed", "decided", "ongoing", "done", "abandoned")
PARTNERS = (
    "landlord",
    "police",
    "gendarmerie",
    "municipal_police",
    "justice",
    "prefecture",
    "municipality",
    "prevention_club",
    "mediation",
)
BODIES = ("COPIL", "COTECH", "CLSPD", "monitoring_cell", "GPO")
INDICATORS = ("facts", "severity_index", "staff_facts", "complaints", "occupied_halls", "calls", "households")
CLOCKS = ("prefect_injunction", "warden_report")
CHOICES = ("weights", "responses")
PLACE_KEYS = ("residence_id", "qpv_id", "district_id", "commune_code")
ONE_PLACE = " + ".join(f"CASE WHEN {name} IS NULL THEN 0 ELSE 1 END" for name in PLACE_KEYS)
TABLES = (
    "meeting",
    "meeting_partner",
    "joint_action",
    "action_place",
    "action_partner",
    "action_clock",
    "action_version",
    "decision",
    "committee_choice",
)


def _listed(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", _listed("meeting_body", BODIES), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("departement_code", sa.String(length=3), nullable=True),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(label) <= 120", name=op.f("ck_meeting_label")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_meeting_version")),
        sa.ForeignKeyConstraint(
            ["departement_code"], ["departement.departement_code"], name=op.f("fk_meeting_departement_code")
        ),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_meeting_revision")),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meeting")),
    )
    op.create_index(op.f("ix_meeting_revision"), "meeting", ["revision"])
    op.create_table(
        "meeting_partner",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("partner", _listed("partner", PARTNERS), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.meeting_id"], name=op.f("fk_meeting_partner_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_meeting_partner_revision")),
        sa.PrimaryKeyConstraint("meeting_id", "partner", name=op.f("pk_meeting_partner")),
    )
    op.create_index(op.f("ix_meeting_partner_revision"), "meeting_partner", ["revision"])
    op.create_table(
        "joint_action",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("kind", _listed("action_kind", KINDS), nullable=False),
        sa.Column("status", _listed("action_status", STATUSES), nullable=False),
        sa.Column("abandon_reason", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("family_code", sa.String(length=3), nullable=True),
        sa.Column("weekday_mask", sa.Integer(), nullable=False),
        sa.Column("start_minute", sa.Integer(), nullable=True),
        sa.Column("end_minute", sa.Integer(), nullable=True),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column("indicator", _listed("action_indicator", INDICATORS), nullable=True),
        sa.Column("baseline", sa.Double(), nullable=True),
        sa.Column("target", sa.Double(), nullable=True),
        sa.Column("pilot", _listed("pilot", PARTNERS), nullable=True),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("cost_euros", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("tfpb_pct", sa.Integer(), nullable=True),
        sa.Column("volume", sa.Integer(), nullable=True),
        sa.Column("volume_unit", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("evaluated_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'abandoned') = (length(abandon_reason) > 0)", name=op.f("ck_joint_action_abandoned")
        ),
        sa.CheckConstraint("(indicator IS NULL) = (target IS NULL)", name=op.f("ck_joint_action_target")),
        sa.CheckConstraint("(start_minute IS NULL) = (end_minute IS NULL)", name=op.f("ck_joint_action_hours")),
        sa.CheckConstraint("baseline >= 0", name=op.f("ck_joint_action_baseline")),
        sa.CheckConstraint("cost_euros >= 0", name=op.f("ck_joint_action_cost_euros")),
        sa.CheckConstraint("due_on >= starts_on", name=op.f("ck_joint_action_due_on")),
        sa.CheckConstraint("end_minute BETWEEN 0 AND 1439", name=op.f("ck_joint_action_end_minute")),
        sa.CheckConstraint("evaluated_on >= starts_on", name=op.f("ck_joint_action_evaluated_on")),
        sa.CheckConstraint("length(abandon_reason) <= 2000", name=op.f("ck_joint_action_abandon_reason")),
        sa.CheckConstraint("length(means) <= 2000", name=op.f("ck_joint_action_means")),
        sa.CheckConstraint("length(objective) <= 2000", name=op.f("ck_joint_action_objective")),
        sa.CheckConstraint("length(problem) <= 2000", name=op.f("ck_joint_action_problem")),
        sa.CheckConstraint("length(title) BETWEEN 1 AND 120", name=op.f("ck_joint_action_title")),
        sa.CheckConstraint("length(volume_unit) <= 60", name=op.f("ck_joint_action_volume_unit")),
        sa.CheckConstraint("start_minute BETWEEN 0 AND 1439", name=op.f("ck_joint_action_start_minute")),
        sa.CheckConstraint("target >= 0", name=op.f("ck_joint_action_target_value")),
        sa.CheckConstraint("tfpb_pct BETWEEN 0 AND 100", name=op.f("ck_joint_action_tfpb_pct")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_joint_action_version")),
        sa.CheckConstraint("volume >= 0", name=op.f("ck_joint_action_volume")),
        sa.CheckConstraint("weekday_mask BETWEEN 0 AND 127", name=op.f("ck_joint_action_weekday_mask")),
        sa.ForeignKeyConstraint(
            ["family_code"], ["incident_family.family_code"], name=op.f("fk_joint_action_family_code")
        ),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_joint_action_revision")),
        sa.PrimaryKeyConstraint("action_id", name=op.f("pk_joint_action")),
    )
    op.create_index(op.f("ix_joint_action_revision"), "joint_action", ["revision"])
    op.create_table(
        "action_place",
        sa.Column("action_place_id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("residence_id", sa.Integer(), nullable=True),
        sa.Column("building_code", sa.String(length=40), nullable=False),
        sa.Column("hall_code", sa.String(length=40), nullable=False),
        sa.Column("qpv_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("commune_code", sa.String(length=5), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("building_code = '' OR hall_code <> ''", name=op.f("ck_action_place_building")),
        sa.CheckConstraint("hall_code = '' OR residence_id IS NOT NULL", name=op.f("ck_action_place_hall")),
        sa.CheckConstraint(f"{ONE_PLACE} = 1", name=op.f("ck_action_place_one_key")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["joint_action.action_id"], name=op.f("fk_action_place_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["commune_code"], ["commune.commune_code"], name=op.f("fk_action_place_commune_code")),
        sa.ForeignKeyConstraint(["district_id"], ["district.district_id"], name=op.f("fk_action_place_district_id")),
        sa.ForeignKeyConstraint(["qpv_id"], ["qpv.qpv_id"], name=op.f("fk_action_place_qpv_id")),
        sa.ForeignKeyConstraint(
            ["residence_id"], ["residence.residence_id"], name=op.f("fk_action_place_residence_id")
        ),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_action_place_revision")),
        sa.PrimaryKeyConstraint("action_place_id", name=op.f("pk_action_place")),
    )
    op.create_index(op.f("ix_action_place_action_id"), "action_place", ["action_id"])
    op.create_index(op.f("ix_action_place_residence_id"), "action_place", ["residence_id"])
    op.create_index(op.f("ix_action_place_revision"), "action_place", ["revision"])
    op.create_table(
        "action_partner",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("partner", _listed("partner", PARTNERS), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["joint_action.action_id"], name=op.f("fk_action_partner_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_action_partner_revision")),
        sa.PrimaryKeyConstraint("action_id", "partner", name=op.f("pk_action_partner")),
    )
    op.create_index(op.f("ix_action_partner_revision"), "action_partner", ["revision"])
    op.create_table(
        "action_clock",
        sa.Column("action_clock_id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("kind", _listed("legal_clock_kind", CLOCKS), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("answered_on >= starts_on", name=op.f("ck_action_clock_answered_on")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["joint_action.action_id"], name=op.f("fk_action_clock_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_action_clock_revision")),
        sa.PrimaryKeyConstraint("action_clock_id", name=op.f("pk_action_clock")),
    )
    op.create_index(op.f("ix_action_clock_action_id"), "action_clock", ["action_id"])
    op.create_index(op.f("ix_action_clock_revision"), "action_clock", ["revision"])
    op.create_table(
        "action_version",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", _listed("changed_by", PARTNERS), nullable=False),
        sa.Column("erased_field", sa.String(length=40), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_action_version_version")),
        sa.ForeignKeyConstraint(
            ["action_id"], ["joint_action.action_id"], name=op.f("fk_action_version_action_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_action_version_revision")),
        sa.PrimaryKeyConstraint("action_id", "version", name=op.f("pk_action_version")),
    )
    op.create_index(op.f("ix_action_version_revision"), "action_version", ["revision"])
    op.create_table(
        "decision",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(text) BETWEEN 1 AND 2000", name=op.f("ck_decision_text")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_decision_position")),
        sa.ForeignKeyConstraint(["action_id"], ["joint_action.action_id"], name=op.f("fk_decision_action_id")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.meeting_id"], name=op.f("fk_decision_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_decision_revision")),
        sa.PrimaryKeyConstraint("meeting_id", "position", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_action_id"), "decision", ["action_id"])
    op.create_index(op.f("ix_decision_revision"), "decision", ["revision"])
    op.create_table(
        "committee_choice",
        sa.Column("committee_choice_id", sa.Integer(), nullable=False),
        sa.Column("kind", _listed("choice_kind", CHOICES), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", _listed("made_by", PARTNERS), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_committee_choice_version")),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_committee_choice_revision")),
        sa.PrimaryKeyConstraint("committee_choice_id", name=op.f("pk_committee_choice")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_committee_choice_kind_version")),
    )
    op.create_index(op.f("ix_committee_choice_revision"), "committee_choice", ["revision"])


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
