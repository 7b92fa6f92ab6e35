"""Streamlit: frame, widgets, caches, blocks of a page."""
