"""Arrows go one way, the clock stands in one place, and no row is looped over. Each rule is shown to be able to fail."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.layers import (
    GLUED,
    LONGER,
    MOST_LINES,
    PROJECT,
    glued_sql,
    imported,
    missing_docstring,
    sources,
    too_long,
    unguarded_page,
    unsafe_html,
    wrong_caches,
    wrong_clocks,
    wrong_frames,
    wrong_imports,
    wrong_names,
    wrong_reads,
)

SOURCES = list(sources())
RULES = {
    "layers": wrong_imports,
    "clock": wrong_clocks,
    "files": wrong_reads,
    "frames": wrong_frames,
    "html": unsafe_html,
    "sql": glued_sql,
    "cache": wrong_caches,
    "length": too_long,
    "docstring": missing_docstring,
    "guard": unguarded_page,
}
GUARDED = "from quickscan.ui.frame import open_page\n"
BAD = [
    ("layers", "quickscan/domain/x.py", "import streamlit"),
    ("layers", "quickscan/domain/x.py", "def f():\n    import sqlalchemy"),
    ("layers", "quickscan/domain/x.py", "from quickscan.services import ports"),
    ("layers", "quickscan/domain/x.py", "from . import scoring"),
    ("layers", "quickscan/domain/x.py", "import os"),
    ("layers", "quickscan/domain/x.py", "from urllib.request import urlopen"),
    ("layers", "quickscan/services/x.py", "from quickscan.store.database import open_store"),
    ("layers", "quickscan/services/x.py", "from quickscan import wiring"),
    ("layers", "quickscan/rulebook/x.py", "import pandas"),
    ("layers", "quickscan/store/x.py", "from quickscan.services.portfolios import Portfolios"),
    ("layers", "quickscan/ingest/x.py", "from quickscan.store import database"),
    ("layers", "quickscan/ui/x.py", "from quickscan.store import database"),
    ("layers", "quickscan/demo/x.py", "from quickscan.rulebook.loader import load_national"),
    ("layers", "quickscan/references/x.py", "import openpyxl"),
    ("layers", "quickscan/report/x.py", "import streamlit as st"),
    ("layers", "pages/scan/x.py", "from quickscan.wiring import make_services"),
    ("layers", "pages/scan/x.py", "import plotly.express"),
    ("layers", "app.py", "from quickscan.domain import scoring"),
    ("layers", "quickscan/huurpunten/process.py", "import woningwaardering"),
    ("layers", "quickscan/nieuw/x.py", "import os"),
    ("clock", "quickscan/domain/x.py", "from datetime import date\nday = date.today()"),
    ("clock", "quickscan/ui/x.py", "import datetime\nnow = datetime.datetime.now()"),
    ("clock", "pages/scan/x.py", "import pandas as pd\nnow = pd.Timestamp.now()"),
    ("files", "quickscan/domain/x.py", "text = open('x').read()"),
    ("files", "quickscan/domain/x.py", "import pandas as pd\npd.read_csv('x')"),
    ("frames", "quickscan/ui/x.py", "for row in frame.iterrows(): pass"),
    ("frames", "quickscan/ui/x.py", "frame.groupby('a').sum().apply(f, axis=1)"),
    ("frames", "quickscan/ui/x.py", "frame.dropna(inplace=True)"),
    ("html", "quickscan/ui/x.py", "st.markdown(text, unsafe_allow_html=True)"),
    ("html", "quickscan/ui/x.py", "st.markdown(text, unsafe_allow_html=flag)"),
    ("sql", "quickscan/store/x.py", "text(f\"SELECT * FROM answer WHERE note = '{note}'\")"),
    ("sql", "quickscan/store/x.py", "sql = 'DELETE FROM answer WHERE id = %s' % number"),
    ("sql", "quickscan/services/x.py", "sql = 'UPDATE answer SET note = ' + note"),
    ("sql", "quickscan/store/x.py", "sql = 'INSERT INTO {} VALUES (1)'.format(name)"),
    ("cache", "quickscan/ui/x.py", "@st.cache_data\ndef f(): pass"),
    ("cache", "pages/scan/x.py", "from streamlit import cache_resource\n@cache_resource\ndef f(): pass"),
    ("length", "quickscan/ui/x.py", "x = 1\n" * (MOST_LINES + 1)),
    ("length", "pages/scan/x.py", "x = 1\n" * 120),
    ("length", "app.py", "x = 1\n" * 60),
    ("docstring", "quickscan/ui/x.py", "x = 1"),
    ("guard", "pages/scan/x.py", "import streamlit as st\nst.title('Zonder poort')"),
    ("guard", "pages/scan/x.py", GUARDED + "import streamlit as st\nst.title('Te vroeg')\nopen_page('X')"),
    ("guard", "pages/scan/x.py", "def open_page(name): pass\nopen_page('Eigen poort')"),
    ("guard", "pages/scan/x.py", GUARDED + "x = 1"),
]
GOOD = [
    ("layers", "quickscan/domain/x.py", "from quickscan.domain.rules import Rules\nimport numpy as np\nimport math"),
    ("layers", "quickscan/store/x.py", "from quickscan.services.ports import Store"),
    ("layers", "quickscan/ui/x.py", "from quickscan import wiring"),
    ("clock", "quickscan/wiring.py", "from datetime import date\nday = date.today()"),
    ("frames", "quickscan/ui/x.py", "frame.apply(f, axis=0)"),
    ("html", "quickscan/ui/x.py", "st.markdown(text, unsafe_allow_html=False)"),
    ("sql", "quickscan/store/x.py", "sql = text('SELECT note FROM answer WHERE id = :id')"),
    ("sql", "quickscan/ui/x.py", "label = f'Update {name}'"),
    ("cache", "quickscan/ui/cache.py", "@st.cache_data\ndef f(): pass"),
    ("guard", "pages/scan/x.py", "from quickscan.ui import frame\ndesk = frame.open_page('X')"),
    ("guard", "pages/scan/x.py", '"""X."""\n' + GUARDED + "SIZE = 3\ndesk = open_page('X')"),
]


@pytest.mark.parametrize("rule", RULES)
def test_the_tree_keeps_the_rule(rule: str):
    assert [fault for path, source in SOURCES for fault in RULES[rule](path, source)] == []


@pytest.mark.parametrize(("rule", "path", "snippet"), BAD)
def test_the_rule_sees_a_bad_snippet(rule: str, path: str, snippet: str):
    assert RULES[rule](path, snippet)


@pytest.mark.parametrize(("rule", "path", "snippet"), GOOD)
def test_the_rule_leaves_a_good_snippet_alone(rule: str, path: str, snippet: str):
    assert RULES[rule](path, snippet) == []


def test_modules_are_named_after_what_they_hold_and_pages_stand_one_folder_deeper():
    assert [fault for path, _ in SOURCES for fault in wrong_names(path)] == []
    assert wrong_names("quickscan/ui/utils.py")
    assert wrong_names("pages/kaart.py")
    assert not wrong_names("pages/scan/kaart.py")


def test_streamlit_stays_on_the_screen():
    screen = ("quickscan/ui/", "pages/", "app.py", "quickscan/server.py")
    users = {path for path, source in SOURCES for _, name in imported(source) if name.split(".")[0] == "streamlit"}
    assert {path for path in users if not path.startswith(screen)} == set()


def test_the_exceptions_on_length_are_still_needed():
    for path, source in SOURCES:
        if path in LONGER:
            assert source.count("\n") > MOST_LINES, f"{path} is short enough now: take it off the list"


def test_every_statement_that_may_be_put_together_is_still_there():
    assert {name for name in GLUED if name[1] not in dict(SOURCES)[name[0]]} == set()


def test_the_tree_was_read():
    assert len(SOURCES) > 20
    assert "quickscan/domain/scoring.py" in dict(SOURCES)


@pytest.mark.parametrize("module", ["quickscan.domain.screening", "quickscan.cli", "quickscan.wiring"])
def test_importing_it_does_not_pull_in_the_screen_or_the_store(module: str):
    heavy = ("streamlit", "sqlalchemy", "plotly", "pyogrio", "pydeck", "geopandas", "woningwaardering")
    code = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
