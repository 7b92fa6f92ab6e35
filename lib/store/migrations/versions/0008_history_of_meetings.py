"""history of meetings

A meeting of before has no version: nobody knows who wrote it, nor when; its history begins with its next change.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

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


def upgrade() -> None:
    changed_by = sa.Enum(*PARTNERS, name="changed_by", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "meeting_version",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", changed_by, nullable=False),
        sa.Column("erased_field", sa.String(length=40), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_meeting_version_version")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.meeting_id"], name=op.f("fk_meeting_version_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_meeting_version_revision")),
        sa.PrimaryKeyConstraint("meeting_id", "version", name=op.f("pk_meeting_version")),
    )
    op.create_index(op.f("ix_meeting_version_revision"), "meeting_version", ["revision"])


def downgrade() -> None:
    op.drop_table("meeting_version")
