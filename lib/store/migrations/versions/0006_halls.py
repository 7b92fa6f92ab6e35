"""the monthly register of halls

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATES = ("free", "occasional", "daily")


def upgrade() -> None:
    status = sa.Enum(*STATES, name="hall_occupancy", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "hall_month",
        sa.Column("residence_id", sa.Integer(), nullable=False),
        sa.Column("building_code", sa.String(length=40), nullable=False),
        sa.Column("hall_code", sa.String(length=40), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("status", status, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(hall_code) > 0", name=op.f("ck_hall_month_hall_code")),
        sa.ForeignKeyConstraint(["residence_id"], ["residence.residence_id"], name=op.f("fk_hall_month_residence_id")),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_hall_month_revision")),
        sa.PrimaryKeyConstraint("residence_id", "building_code", "hall_code", "month_on", name=op.f("pk_hall_month")),
    )
    op.create_index(op.f("ix_hall_month_revision"), "hall_month", ["revision"])


def downgrade() -> None:
    op.drop_table("hall_month")
