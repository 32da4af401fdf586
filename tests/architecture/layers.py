"""The rules of docs/architectuur as data, and small functions that find where a source text breaks them.

Every function takes a path relative to the project and a source text, and returns what is wrong as sentences; so each can
be tried on a bad snippet as well as on the real tree.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
STDLIB = frozenset(sys.stdlib_module_names)

# Where a file lives → what it may import beside the standard library and its own package. The longest match counts.
ALLOWED: Mapping[str, frozenset[str]] = {
    "quickscan/domain/": frozenset({"numpy", "pandas", "pydantic"}),
    "quickscan/rulebook/": frozenset({"quickscan.domain", "pydantic", "tomli"}),
    "quickscan/services/": frozenset({"quickscan.domain", "pandas", "numpy"}),
    "quickscan/store/": frozenset(
        {"quickscan.domain", "quickscan.services.ports", "sqlalchemy", "alembic", "pandas", "numpy", "shapely"}
    ),
    "quickscan/ingest/": frozenset(
        {
            "quickscan.domain",
            "numpy",
            "pandas",
            "geopandas",
            "pyogrio",
            "pyarrow",
            "shapely",
            "pyproj",
            "openpyxl",
            "xlsxwriter",
            "httpx",
            "rapidfuzz",
            "defusedxml",
        }
    ),
    "quickscan/report/": frozenset(
        {
            "quickscan.domain",
            "numpy",
            "pandas",
            "pyarrow",
            "openpyxl",
            "xlsxwriter",
            "docx",
            "docxtpl",
            "typst",
            "matplotlib",
            "pyogrio",
            "geopandas",
            "shapely",
            "pyproj",
            "babel",
            "segno",
            "defusedxml",
            "icalendar",
            "jinja2",
        }
    ),
    "quickscan/batch/": frozenset(
        {
            "quickscan.domain",
            "quickscan.ingest",
            "quickscan.report",
            "quickscan.__version__",
            "numpy",
            "pandas",
            "pyarrow",
            "dask",
            "distributed",
        }
    ),
    "quickscan/lookups/": frozenset(
        {
            "quickscan.domain",
            "quickscan.ingest",
            "quickscan.settings",
            "quickscan.services.lookups",
            "httpx",
            "tenacity",
            "numpy",
            "pandas",
            "shapely",
            "babel",
        }
    ),
    "quickscan/calendars/": frozenset({"holidays"}),
    "quickscan/demo/": frozenset({"quickscan.domain", "numpy", "pandas", "shapely", "pydantic"}),
    "quickscan/references/": frozenset({"quickscan.domain", "numpy", "pandas", "shapely", "pydantic", "tomli"}),
    "quickscan/ui/": frozenset(
        {
            "quickscan.wiring",
            "quickscan.services",
            "quickscan.domain",
            "streamlit",
            "numpy",
            "pandas",
            "plotly",
            "pydeck",
            "orjson",
            "babel",
            "shapely",
            "pyproj",
        }
    ),
    "quickscan/settings.py": frozenset(),  # names only: it is loaded before anything heavy
    "quickscan/wiring.py": frozenset({"quickscan", "pandas"}),
    "quickscan/cli": frozenset({"quickscan", "pandas"}),  # cli.py and the commands that stand apart
    "quickscan/cases/": frozenset({"quickscan.domain"}),
    "quickscan/huurpunten/": frozenset({"quickscan.domain"}),
    "quickscan/huurpunten/counting.py": frozenset({"quickscan.domain", "woningwaardering"}),  # a process of its own
    "quickscan/__main__.py": frozenset({"quickscan.cli"}),
    "quickscan/serving/": frozenset({"quickscan.settings", "starlette"}),
    "quickscan/serving/metrics.py": frozenset({"starlette", "prometheus_client"}),
    "quickscan/serving/database.py": frozenset({"quickscan.serving", "quickscan.store", "sqlalchemy"}),
    "quickscan/server.py": frozenset({"quickscan.serving", "quickscan.domain", "quickscan.ui", "streamlit", "starlette"}),
    "quickscan/__init__.py": frozenset(),
    "pages/": frozenset({"streamlit", "pandas", "quickscan.ui", "quickscan.services", "quickscan.domain"}),
    "app.py": frozenset({"streamlit", "quickscan.ui"}),
}
# The clock, files, network and processes: never in the core.
NOT_IN_DOMAIN = frozenset(
    {
        "os",
        "io",
        "shutil",
        "tempfile",
        "socket",
        "ssl",
        "http",
        "urllib",
        "subprocess",
        "sqlite3",
        "time",
        "glob",
        "random",
        "pathlib",
    }
)
CLOCKS = frozenset({"quickscan/wiring.py", "quickscan/services/portfolios.py"})
CLOCK_CALLS = frozenset({"today", "now", "utcnow"})
CACHE_NAMES = frozenset({"cache_data", "cache_resource"})
STATEMENT = re.compile(r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|COPY|CREATE|DROP|ALTER|TRUNCATE|PRAGMA|WITH \w+ AS)\s")
# Statements with names of our own tables in them, which cannot be bound; values still are.
GLUED = frozenset(
    {
        ("quickscan/store/bulk.py", "INSERT"),
        ("quickscan/store/bulk.py", "COPY"),
        ("quickscan/store/copies.py", "SELECT"),
        ("quickscan/store/database.py", "PRAGMA"),
        ("quickscan/ingest/guard/gpkg.py", "PRAGMA"),  # our own settings, on a file of others
    }
)
BAD_NAMES = frozenset({"utils", "util", "common", "helpers", "helper", "manager", "managers", "misc", "base"})
MOST_LINES = 420
PAGE_LINES = 120
APP_LINES = 60
# Longer than the rule allows today; a number here may only go down.
LONGER: Mapping[str, int] = {"quickscan/ui/map3d.py": 520, "quickscan/ui/drawing.py": 470}


def sources() -> Iterator[tuple[str, str]]:
    """Every Python file of the product, as (path, source)."""
    for top in ("app.py", "pages", "quickscan"):
        root = PROJECT / top
        files = [root] if root.is_file() else sorted(root.rglob("*.py"))
        for path in files:
            relative = path.relative_to(PROJECT).as_posix()
            if path.is_file() and "/migrations/" not in relative:
                yield relative, path.read_text(encoding="utf-8")


def imported(source: str) -> Iterator[tuple[int, str]]:
    """Every imported module with its line, those inside functions included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield node.lineno, "." * node.level + (node.module or "")
            elif node.module in ("quickscan", "quickscan.services"):  # `from quickscan import wiring` imports a module
                for alias in node.names:
                    yield node.lineno, f"{node.module}.{alias.name}"
            else:
                yield node.lineno, node.module or ""


def wrong_imports(path: str, source: str) -> list[str]:
    """Imports that cross a layer the wrong way."""
    layer = max((prefix for prefix in ALLOWED if path.startswith(prefix)), key=len, default=None)
    if layer is None:
        return [f"{path}: no layer is known for this file"]
    own = layer.rstrip("/").removesuffix(".py").replace("/", ".")
    found = []
    for line, name in imported(source):
        top = name.split(".")[0]
        if name.startswith("."):
            found.append(f"{path}:{line}: relative import {name}")
        elif top in STDLIB:
            if layer == "quickscan/domain/" and top in NOT_IN_DOMAIN:
                found.append(f"{path}:{line}: {name} has no place in the domain")
        elif not any(name == allowed or name.startswith(f"{allowed}.") for allowed in (*ALLOWED[layer], own)):
            found.append(f"{path}:{line}: {name} is not for this layer")
    return found


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a name or attribute, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


def calls(source: str) -> Iterator[ast.Call]:
    """Every call."""
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))


def wrong_clocks(path: str, source: str) -> list[str]:
    """Asking what time it is, outside the two places that may."""
    if path in CLOCKS:
        return []
    found = []
    for call in calls(source):
        parts = dotted(call.func).split(".")
        if len(parts) > 1 and parts[-1] in CLOCK_CALLS and parts[-2] in ("date", "datetime", "pd", "Timestamp"):
            found.append(f"{path}:{call.lineno}: {'.'.join(parts)} asks the clock")
    return found


def wrong_reads(path: str, source: str) -> list[str]:
    """Opening files in the core."""
    if not path.startswith("quickscan/domain/"):
        return []
    names = {"open", "read_text", "write_text", "read_bytes", "write_bytes", "read_csv", "read_parquet", "to_csv", "to_parquet"}
    return [
        f"{path}:{call.lineno}: {dotted(call.func)} touches a file"
        for call in calls(source)
        if dotted(call.func).split(".")[-1] in names
    ]


def wrong_frames(path: str, source: str) -> list[str]:
    """Loops over rows and changes in place."""
    found = []
    for call in calls(source):
        name = dotted(call.func).split(".")[-1] or (call.func.attr if isinstance(call.func, ast.Attribute) else "")
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if name in ("iterrows", "itertuples"):
            found.append(f"{path}:{call.lineno}: {name} loops over rows")
        if name == "apply" and isinstance(axis := given.get("axis"), ast.Constant) and axis.value in (1, "columns"):
            found.append(f"{path}:{call.lineno}: apply(axis=1) loops over rows")
        if isinstance(flag := given.get("inplace"), ast.Constant) and flag.value is True:
            found.append(f"{path}:{call.lineno}: inplace=True changes what came in")
    return found


def unsafe_html(path: str, source: str) -> list[str]:
    """HTML that Streamlit does not clean."""
    return [
        f"{path}:{call.lineno}: unsafe_allow_html"
        for call in calls(source)
        for keyword in call.keywords
        if keyword.arg == "unsafe_allow_html" and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)
    ]


def glued_sql(path: str, source: str) -> list[str]:
    """A statement for the database that is put together from values; they have to be bound."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            parts, glued = node.values, any(isinstance(part, ast.FormattedValue) for part in node.values)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
            parts, glued = [node.left], not isinstance(node.right, ast.Constant)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("format", "join"):
            parts, glued = [node.func.value], True
        else:
            continue
        words = "".join(str(part.value) for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))
        if glued and STATEMENT.match(words) and (path, words.split()[0]) not in GLUED:
            found.append(f"{path}:{node.lineno}: a statement put together from parts")
    return found


def wrong_caches(path: str, source: str) -> list[str]:
    """Streamlit's cache outside its one module."""
    if path == "quickscan/ui/cache.py":
        return []
    tree = ast.parse(source)
    return [
        f"{path}:{node.lineno}: {node.attr if isinstance(node, ast.Attribute) else node.id} outside quickscan/ui/cache.py"
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and node.attr in CACHE_NAMES)
        or (isinstance(node, ast.Name) and node.id in CACHE_NAMES)
    ]


def wrong_names(path: str) -> list[str]:
    """A module named after nothing, or a page where Streamlit serves it without app.py and its gate."""
    found = []
    if Path(path).stem in BAD_NAMES:
        found.append(f"{path}: name it after what it holds")
    if path.startswith("pages/") and path.count("/") == 1:
        found.append(f"{path}: pages stand one folder deeper, or a fresh process serves them without app.py")
    return found


def too_long(path: str, source: str) -> list[str]:
    """More lines than one idea needs."""
    lines = source.count("\n")
    most = LONGER.get(path, MOST_LINES)
    if path.startswith("pages/"):
        most = PAGE_LINES - 1
    elif path == "app.py":
        most = APP_LINES - 1
    return [f"{path}: {lines} lines, at most {most}"] if lines > most else []


def missing_docstring(path: str, source: str) -> list[str]:
    """A module that does not say what it is."""
    return [] if ast.get_docstring(ast.parse(source)) else [f"{path}: no docstring"]


def unguarded_page(path: str, source: str) -> list[str]:
    """A page that does something before `open_page` of quickscan.ui.frame."""
    if not path.startswith("pages/"):
        return []
    tree = ast.parse(source)
    guards = {
        {"quickscan.ui.frame": "open_page", "quickscan.ui": "frame.open_page"}[node.module]
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if (node.module, alias.name) in (("quickscan.ui.frame", "open_page"), ("quickscan.ui", "frame"))
    }
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
            continue
        made = [dotted(node.func) for node in ast.walk(statement) if isinstance(node, ast.Call)]
        if not made:
            continue  # a docstring or a constant
        if guards & set(made):
            return []
        if any(name.startswith("st.") or "." in name for name in made):
            return [f"{path}:{statement.lineno}: something runs before open_page"]
    return [f"{path}: does not call open_page from quickscan.ui.frame"]
