"""Geometry: layers, joins, outlines. No store, no screen."""
