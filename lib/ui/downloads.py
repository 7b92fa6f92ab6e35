"""Buttons that give what is shown as a file, made when it is asked for."""

from collections.abc import Callable, Mapping

import streamlit as st

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS = {"csv": ("CSV", "text/csv"), "xlsx": ("XLSX", XLSX), "ics": ("agenda", "text/calendar")}


def downloads(name: str, made: Mapping[str, Callable[[], bytes]], *, label: str = "Télécharger") -> None:
    """One button for each form, side by side.

    Args:
        name: Of the files, without the suffix.
        made: Their content, by suffix: those of ``FORMS``.
        label: What the buttons say, before the form.
    """
    with st.container(horizontal=True):
        for suffix, content in made.items():
            form, mime = FORMS[suffix]
            file_name = f"{name}.{suffix}"
            st.download_button(
                f"{label} ({form})", content, file_name, mime, on_click="ignore", key=f"fichier-{file_name}"
            )
