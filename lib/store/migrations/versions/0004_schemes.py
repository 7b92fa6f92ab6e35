"""schemes set up in a place, from a day on

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KINDS = ("night_wardens", "GPIS", "mobile_team", "social_mediation", "cctv", "patrol", "sworn_warden", "other")
PLACES = {
    "qpv_id": "qpv.qpv_id",
    "landlord_id": "landlord.landlord_id",
    "district_id": "district.district_id",
    "departement_code": "departement.departement_code",
}


def upgrade() -> None:
    kind = sa.Enum(*KINDS, name="scheme_kind", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "scheme",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("qpv_id", sa.Integer(), nullable=True),
        sa.Column("landlord_id", sa.Integer(), nullable=True),
        sa.Column("district_id", sa.Integer(), nullable=True),
        sa.Column("departement_code", sa.String(length=3), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(label) BETWEEN 1 AND 80", name=op.f("ck_scheme_label")),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_scheme_ends_on")),
        *(sa.ForeignKeyConstraint([ours], [theirs], name=op.f(f"fk_scheme_{ours}")) for ours, theirs in PLACES.items()),
        sa.ForeignKeyConstraint(["revision"], ["revision.number"], name=op.f("fk_scheme_revision")),
        sa.PrimaryKeyConstraint("scheme_id", name=op.f("pk_scheme")),
        sa.UniqueConstraint("label", "starts_on", name=op.f("uq_scheme_label_starts_on")),
    )
    op.create_index(op.f("ix_scheme_revision"), "scheme", ["revision"])


def downgrade() -> None:
    op.drop_table("scheme")
