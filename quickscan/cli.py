"""The command line: `python -m quickscan …`. Dutch out, exit codes that a script can use, never a traceback.

0 is done, 1 is faults in the file that came in, 2 is that the command could not be carried out at all.
Imports stand inside the functions, so that each command pays only for what it uses.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import socket
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from quickscan.domain.errors import FaultyInputError, QuickscanError, UnusableInputError
from quickscan.settings import DATABASE_VARIABLE, DEMO_VARIABLE, PROJECT

if TYPE_CHECKING:
    from quickscan.domain.intake import Intake
    from quickscan.domain.rules import Rules

DONE, FAULTS, UNUSABLE, INTERRUPTED = 0, 1, 2, 130
MAX_PORT = 65535
DEBUG_VARIABLE = "QUICKSCAN_DEBUG"

_ARGPARSE_IN_DUTCH: tuple[tuple[str, str], ...] = (
    (r"the following arguments are required: (.*)", r"dit ontbreekt: \1"),
    (r"unrecognized arguments: (.*)", r"onbekend: \1"),
    (r"argument (\S+): expected one argument", r"\1 heeft een waarde nodig"),
    (r"argument (\S+): invalid choice: '?([^' ]*)'? \(choose from (.*)\)", r"'\2' is geen opdracht; kies uit \3"),
    (r"argument (\S+): (.*)", r"\1: \2"),
    (r"ambiguous option: (\S+) could match (.*)", r"\1 is niet duidelijk; bedoel je \2?"),
)


class _Formatter(argparse.RawDescriptionHelpFormatter):
    def add_usage(self, usage: str | None, actions: Iterable[argparse.Action], groups: object, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "gebruik: " if prefix is None else prefix)  # type: ignore[arg-type]


class _Parser(argparse.ArgumentParser):
    """A parser that speaks Dutch; argparse itself only knows the languages of the system."""

    def __init__(self, *args: object, **options: object) -> None:
        super().__init__(*args, **{"formatter_class": _Formatter, "add_help": False, "allow_abbrev": False, **options})  # type: ignore[arg-type]
        self._positionals.title, self._optionals.title = "invoer", "opties"
        self.add_argument("-h", "--help", action="help", help="toon deze hulp")

    def error(self, message: str) -> NoReturn:
        for pattern, dutch in _ARGPARSE_IN_DUTCH:
            if re.fullmatch(pattern, message):
                message = re.sub(pattern, dutch, message)
                break
        self.print_usage(sys.stderr)
        self.exit(UNUSABLE, f"Deze opdracht klopt niet: {message}.\nHulp: {self.prog} --help\n")


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; docs/cli.md describes every part of it."""
    parser = _Parser(
        prog="python -m quickscan",
        description="Quickscan optoppen: scoort woongebouwen op optoppen, aanplakken en uitplinten.",
        epilog="Afsluitcode: 0 gelukt, 1 fouten in het bestand, 2 niet uitvoerbaar.",
    )
    commands = parser.add_subparsers(title="opdrachten", metavar="OPDRACHT", required=True, parser_class=_Parser)

    check = commands.add_parser(
        "check", help="controleer een bestand met gebouwen", description="Controleer een bestand; er wordt niets bewaard."
    )
    check.add_argument(
        "file", metavar="BESTAND", type=Path, help="CSV, XLSX, GeoPackage, GeoJSON of Parquet met één rij per pand"
    )
    check.add_argument("--json", action="store_true", help="schrijf de uitkomst als één JSON-object")
    check.set_defaults(run=run_check)

    screen = commands.add_parser(
        "screen",
        help="scoor alle gebouwen in een bestand",
        description="Scoor alle gebouwen: één rij per pand. Met fouten wordt er niets geschreven.",
    )
    screen.add_argument("file", metavar="BESTAND", type=Path, help="het bestand met gebouwen, zoals bij check")
    screen.add_argument(
        "--out", metavar="UIT", type=Path, required=True, help="het nieuwe bestand: .csv, .xlsx, .gpkg of .parquet"
    )
    screen.add_argument("--date", metavar="JJJJ-MM-DD", type=_day, help="peildatum van de normen; standaard vandaag")
    screen.set_defaults(run=run_screen)

    template = commands.add_parser(
        "template", help="maak een leeg invulbestand", description="Schrijf het invulbestand met alle kolommen."
    )
    template.add_argument("out", metavar="UIT", type=Path, help="het nieuwe bestand: .csv of .xlsx")
    template.set_defaults(run=run_template)

    backtest = commands.add_parser(
        "backtest", help="reken bekende projecten na", description="Vergelijk de woningschatting met projecten die gebouwd zijn."
    )
    backtest.add_argument("--date", metavar="JJJJ-MM-DD", type=_day, help="peildatum van de normen; standaard vandaag")
    backtest.set_defaults(run=run_backtest)

    app = commands.add_parser("app", help="start de app in de browser", description="Start de app. Stoppen: Ctrl+C.")
    app.add_argument("--port", metavar="POORT", type=_port, default=8501, help="poort; standaard 8501")
    app.add_argument(
        "--address", metavar="ADRES", default="127.0.0.1", help="adres om op te luisteren; standaard alleen deze computer"
    )
    app.add_argument("--database", metavar="PAD_OF_URL", help="SQLite-bestand of database-URL; standaard data/quickscan.db")
    app.add_argument(
        "--demo", action=argparse.BooleanOptionalAction, default=True, help="begin met de voorbeeldwijk; standaard aan"
    )
    app.set_defaults(run=run_app)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is geen datum; schrijf bijvoorbeeld 2026-11-21") from None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= MAX_PORT):
        raise argparse.ArgumentTypeError(f"'{text}' is geen poort; kies een getal van 1 tot en met {MAX_PORT}")
    return int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an old terminal may not know every character
    options = make_parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        code = run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader, such as `head`, has gone
        return DONE
    except KeyboardInterrupt:
        _complain(["Afgebroken."])
        return INTERRUPTED
    except Exception as error:  # a person at a command line gets a sentence, not a traceback
        if os.environ.get(DEBUG_VARIABLE):
            raise
        _complain(_explain(error, options))
        return FAULTS if isinstance(error, FaultyInputError) else UNUSABLE
    return code


def _explain(error: Exception, options: argparse.Namespace) -> Iterable[str]:
    if isinstance(error, FaultyInputError):
        shown = "1 fout" if len(error.faults) == 1 else f"{len(error.faults)} fouten"
        return [f"{options.file}: {shown}, er is niets geschreven.", *(f"- {fault.sentence()}" for fault in error.faults)]
    if isinstance(error, QuickscanError):
        return [str(error)]
    if isinstance(error, MemoryError):
        return ["Er is niet genoeg geheugen. Splits het bestand, of gebruik .parquet als uitvoer."]
    if isinstance(error, OSError):
        return [f"{error.filename or 'Bestand'}: dit lukt niet ({error.strerror or error}). Controleer het pad en de rechten."]
    return [
        f"Er ging iets mis in het programma zelf ({type(error).__name__}: {error}).",
        f"Meld dit, met het bestand als dat kan. Met {DEBUG_VARIABLE}=1 ervoor zie je de plek in de code.",
    ]


def _complain(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)


def _rules(day: date | None) -> Rules:
    from quickscan import wiring  # noqa: PLC0415 - see the module's docstring

    rules = wiring.rules_on(day)
    if not rules.criteria or not rules.parameters:
        problem = f"Op {rules.day.isoformat()} gold nog geen enkele norm uit de normenset."
        raise UnusableInputError(problem, "Kies een latere peildatum.")
    return rules


def _read(path: Path, rules: Rules) -> Intake:
    from quickscan import wiring  # noqa: PLC0415 - see the module's docstring

    if path.is_dir():
        raise UnusableInputError("Dit is een map, geen bestand.", "Noem het bestand zelf.", where=str(path))
    if not path.exists():
        raise UnusableInputError("Dit bestand bestaat niet.", "Controleer de naam en de map.", where=str(path))
    return wiring.read_buildings(path, answer_codes=rules.answer_codes, name=path.name)


def run_check(options: argparse.Namespace) -> int:
    """Read a file and tell what is wrong with it."""
    from quickscan.report import console  # noqa: PLC0415 - see the module's docstring

    rules = _rules(None)
    try:
        intake = _read(options.file, rules)
    except UnusableInputError as error:
        if options.json:
            fault = {
                "row": None,
                "column": None,
                "value": None,
                "problem": error.problem,
                "advice": error.advice,
                "notice": False,
            }
            _print_json({"rows": 0, "accepted": 0, "refused": 0, "mapping": {}, "faults": [fault]})
        raise
    if options.json:
        _print_json(console.intake_as_json(intake))
    else:
        names = {active.id: active.criterion.naam for active in rules.criteria}
        print("\n".join(console.describe_intake(intake, options.file.name, names)))
    return FAULTS if intake.errors else DONE


def _print_json(content: object) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=2))


def run_screen(options: argparse.Namespace) -> int:
    """Score every building in a file and write the result, all or nothing."""
    from quickscan.report import tables  # noqa: PLC0415 - see the module's docstring
    from quickscan.report.replacing import require_writable  # noqa: PLC0415

    tables.require_writer(options.out)
    out = require_writable(options.out)
    if options.file.exists() and options.file.resolve() == out:
        raise UnusableInputError(
            "De uitvoer is hetzelfde bestand als de invoer.", "Kies een andere naam.", where=str(options.out)
        )
    rules = _rules(options.date)
    intake = _read(options.file, rules).require_clean()
    buildings = intake.buildings
    geometry = buildings[tables.GEOMETRY].to_numpy(dtype=object) if tables.GEOMETRY in buildings.columns else None
    if geometry is None and tables.needs_geometry(out):
        raise tables.no_geometry(options.out)

    from quickscan.domain.screening import screen_buildings  # noqa: PLC0415 - only when there is something to score
    from quickscan.report import console  # noqa: PLC0415

    table = tables.make_table(buildings, screen_buildings(buildings, rules))
    tables.write_table(out, table, geometry=geometry, day=rules.day.isoformat())
    print("\n".join(console.describe_screening(table, source=options.file.name, notices=len(intake.faults))))
    print(f"Geschreven: {options.out} ({len(table)} rijen, {len(table.columns)} kolommen).")
    return DONE


def run_template(options: argparse.Namespace) -> int:
    """Write our own import template."""
    from quickscan import wiring  # noqa: PLC0415 - see the module's docstring
    from quickscan.report.replacing import replacing, require_writable  # noqa: PLC0415

    kind = options.out.suffix.lower().removeprefix(".")
    if kind not in ("csv", "xlsx"):
        raise UnusableInputError(
            "Het invulbestand is er als .csv en als .xlsx.", "Kies een naam die daarop eindigt.", where=str(options.out)
        )
    target = require_writable(options.out)
    content = wiring.make_template(kind)
    with replacing(target) as temporary:
        temporary.write_bytes(content)
    print(f"Geschreven: {options.out}. Vul één rij per gebouw in en controleer het met: python -m quickscan check {options.out}")
    return DONE


def run_backtest(options: argparse.Namespace) -> int:
    """Compare the estimate of homes with what was built."""
    from quickscan.domain.backtest import run_backtest as compare  # noqa: PLC0415 - see the module's docstring
    from quickscan.references import load_references  # noqa: PLC0415
    from quickscan.report import console  # noqa: PLC0415

    print("\n".join(console.describe_backtest(compare(load_references(), _rules(options.date)))))
    return DONE


def run_app(options: argparse.Namespace) -> int:
    """Replace this process by Streamlit, from the project's folder, where its settings are."""

    script = next((path for path in (PROJECT / "quickscan" / "server.py", PROJECT / "app.py") if path.is_file()), None)
    if script is None:
        raise UnusableInputError("De app ontbreekt in deze map.", "Haal de hele broncode opnieuw op.", where=str(PROJECT))
    _require_free(options.address, options.port)
    if options.database:
        os.environ[DATABASE_VARIABLE] = _database_url(options.database)
    os.environ[DEMO_VARIABLE] = "1" if options.demo else "0"
    shown = "localhost" if options.address in ("127.0.0.1", "0.0.0.0", "::", "::1") else options.address  # noqa: S104 - only named
    print(f"Quickscan optoppen staat zo klaar op http://{shown}:{options.port} (stoppen: Ctrl+C)", flush=True)
    os.chdir(PROJECT)
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.port", str(options.port), "--server.address", options.address]
    os.execv(sys.executable, command)  # noqa: S606 - no shell: the arguments go as they are


def _database_url(text: str) -> str:
    return text if "://" in text else f"sqlite:///{Path(text).expanduser().resolve().as_posix()}"


def _require_free(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            problem = f"Poort {port} op {address} is niet vrij ({error.strerror})."
            raise UnusableInputError(problem, f"Kies een andere poort, bijvoorbeeld --port {port + 1}.") from error
