import re
import tomllib

import pytest
from streamlit import config as streamlit_config

from scripts.write_theme import ROOT, config, css, written


@pytest.mark.parametrize("path", written(), ids=lambda path: path.name)
def test_committed_file_is_what_the_script_writes(path):
    assert path.read_text(encoding="utf-8") == written()[path], "run: python -m scripts.write_theme"


def test_configuration_names_only_options_streamlit_knows():
    known = set(streamlit_config.get_config_options(force_reparse=False))
    assert {name for name in options(tomllib.loads(config())) if name not in known} == set()


def options(tree, prefix=""):
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from options(value, f"{prefix}{key}.")
        else:
            yield prefix + key


def test_every_font_file_is_here_with_its_licence():
    named = re.findall(r'url = "/fonts/(.+?)"', config())
    fonts = ROOT / "static" / "fonts"
    assert sorted(named) == sorted(path.name for path in fonts.glob("*.woff2"))
    assert "SIL OPEN FONT LICENSE Version 1.1" in (fonts / "OFL.txt").read_text(encoding="utf-8")


def test_style_sheet_asks_nothing_of_another_host():
    addresses = set(re.findall(r"https?://[^'\"\s)]+", css() + config()))
    assert addresses == {"http://www.w3.org/2000/svg"}


def test_every_colour_used_by_a_rule_is_defined():
    used = set(re.findall(r"var\((--o-[a-z0-9-]+)", css()))
    assert used <= set(re.findall(r"^  (--o-[a-z0-9-]+):", css(), flags=re.MULTILINE))
