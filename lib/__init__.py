"""Code of the observatory; DESIGN of the folders in docs/decisions/0001-architecture.md."""
