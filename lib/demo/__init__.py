"""An invented store, deterministic from a seed."""
