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
from typing import TYPE_CHECKING

from quickscan import cli_businesscase, cli_database, cli_person
from quickscan.cli_parser import UNUSABLE, DutchParser
from quickscan.domain.errors import FaultyInputError, QuickscanError, UnusableInputError
from quickscan.settings import DATABASE_VARIABLE, DEMO_VARIABLE, PROJECT

if TYPE_CHECKING:
    import pandas as pd

    from quickscan.domain.intake import Intake
    from quickscan.domain.rules import Rules
    from quickscan.ingest.stream import Stream

DONE, FAULTS, INTERRUPTED = 0, 1, 130
MAX_PORT = 65535
DEBUG_VARIABLE = "QUICKSCAN_DEBUG"


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; docs/cli.md describes every part of it."""
    parser = DutchParser(
        prog="python -m quickscan",
        description="Quickscan optoppen: scoort woongebouwen op optoppen, aanplakken en uitplinten.",
        epilog="Afsluitcode: 0 gelukt, 1 fouten in het bestand, 2 niet uitvoerbaar.",
    )
    commands = parser.add_subparsers(title="opdrachten", metavar="OPDRACHT", required=True, parser_class=DutchParser)

    check = commands.add_parser(
        "check", help="controleer een bestand met gebouwen", description="Controleer een bestand; er wordt niets bewaard."
    )
    check.add_argument(
        "file", metavar="BESTAND", type=Path, help="CSV, XLSX, GeoPackage, GeoJSON of Parquet met één rij per pand"
    )
    check.add_argument("--json", action="store_true", help="schrijf de uitkomst als één JSON-object")
    check.add_argument("--faults", metavar="FOUTEN", type=Path, help="schrijf de geweigerde rijen in een .xlsx om te verbeteren")
    check.set_defaults(run=run_check)

    screen = commands.add_parser(
        "screen",
        help="scoor alle gebouwen in een bestand",
        description="Scoor alle gebouwen: één rij per pand. Rijen met fouten worden overgeslagen en genoemd (afsluitcode 1).",
    )
    screen.add_argument(
        "files",
        metavar="BESTAND",
        type=Path,
        nargs="+",
        help="de gebouwen, zoals bij check; elk volgend bestand vult aan (BAG, 3DBAG, CBS, EP-Online)",
    )
    screen.add_argument(
        "--out", metavar="UIT", type=Path, required=True, help="het nieuwe bestand: .csv, .xlsx, .gpkg of .parquet"
    )
    screen.add_argument("--date", metavar="JJJJ-MM-DD", type=_day, help="peildatum van de normen; standaard vandaag")
    screen.add_argument("--faults", metavar="FOUTEN", type=Path, help="schrijf de geweigerde rijen in een .xlsx om te verbeteren")
    told = "toon hoe ver een groot bestand is; standaard alleen in een terminal"
    screen.add_argument("--progress", action=argparse.BooleanOptionalAction, help=told)
    screen.add_argument(
        "--scheduler", metavar="ADRES", type=_scheduler, help="reken op een Dask-cluster, bijvoorbeeld tcp://10.0.0.5:8786"
    )
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

    cli_businesscase.add_command(commands, day=_day)
    cli_database.add_commands(commands)
    cli_person.add_commands(commands)

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


def _scheduler(text: str) -> str:
    if not re.fullmatch(r"(tcp|tls)://[^\s:/]+:\d{1,5}/?", text):
        raise argparse.ArgumentTypeError(f"'{text}' is geen adres; schrijf bijvoorbeeld tcp://10.0.0.5:8786")
    return text.rstrip("/")


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
        return UNUSABLE
    return code


def _explain(error: Exception, options: argparse.Namespace) -> Iterable[str]:
    if isinstance(error, FaultyInputError):
        told = f"{options.files[0]}: er is geen enkele rij zonder fouten, dus er is niets geschreven."
        return [told, *(f"- {fault.sentence()}" for fault in error.faults)]
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


def _require_file(path: Path) -> None:
    if path.is_dir():
        raise UnusableInputError("Dit is een map, geen bestand.", "Noem het bestand zelf.", where=str(path))
    if not path.exists():
        raise UnusableInputError("Dit bestand bestaat niet.", "Controleer de naam en de map.", where=str(path))


def _read(path: Path, rules: Rules, known: pd.DataFrame | None = None) -> Intake:
    from quickscan import wiring  # noqa: PLC0415 - see the module's docstring

    _require_file(path)
    return wiring.read_buildings(path, answer_codes=rules.answer_codes, name=path.name, known=known)


def run_check(options: argparse.Namespace) -> int:
    """Read a file and tell what is wrong with it."""
    from quickscan.report import console  # noqa: PLC0415 - see the module's docstring

    rules = _rules(None)
    faults_out = _require_faults_out(options.faults, [options.file])
    refused = None
    try:
        if stream := _open_stream(options.file, rules):
            from quickscan.batch.checking import check_stream  # noqa: PLC0415 - only for a large file

            intake, refused = check_stream(stream)
        else:
            intake = _read(options.file, rules)
    except UnusableInputError as error:
        if options.json:
            _print_json(console.refusal_as_json(error))
        raise
    if options.json:
        _print_json(console.intake_as_json(intake, refused=refused))
    else:
        names = {active.id: active.criterion.naam for active in rules.criteria}
        print("\n".join(console.describe_intake(intake, options.file.name, names, refused=refused)))
    _write_faults(faults_out, intake, options.file.name)
    return FAULTS if intake.errors else DONE


def _open_stream(path: Path, rules: Rules) -> Stream | None:
    """Return the file as a stream when it is too large to be read whole."""
    if path.suffix.lower() not in (".parquet", ".gpkg"):
        return None
    from quickscan.ingest.stream import open_stream  # noqa: PLC0415 - loads Arrow

    _require_file(path)
    return open_stream(path, answer_codes=rules.answer_codes, name=path.name)


def _require_faults_out(path: Path | None, sources: Sequence[Path]) -> Path | None:
    """Return where the workbook with faults goes; raises before anything was read when that cannot be."""
    if path is None:
        return None
    from quickscan.report.replacing import require_writable  # noqa: PLC0415 - see the module's docstring

    if path.suffix.lower() != ".xlsx":
        raise UnusableInputError("De fouten komen in een Excel-bestand.", "Kies een naam die eindigt op .xlsx.", where=str(path))
    target = require_writable(path)
    _require_other(target, sources, path)
    return target


def _require_other(target: Path, sources: Sequence[Path], shown: Path) -> None:
    if any(source.exists() and source.resolve() == target for source in sources):
        raise UnusableInputError("De uitvoer is hetzelfde bestand als de invoer.", "Kies een andere naam.", where=str(shown))


def _write_faults(out: Path | None, intake: Intake, name: str) -> None:
    if out is None or not intake.errors:
        return
    from quickscan import wiring  # noqa: PLC0415 - see the module's docstring
    from quickscan.report.replacing import replacing  # noqa: PLC0415

    content = wiring.make_fault_workbook(intake, name=name)
    with replacing(out) as temporary:
        temporary.write_bytes(content)
    _complain([f"De geweigerde rijen staan in {out}: verbeter ze daar en lever dat bestand opnieuw aan."])


def _print_json(content: object) -> None:
    print(json.dumps(content, ensure_ascii=False, indent=2))


def run_screen(options: argparse.Namespace) -> int:
    """Score every building in the files and write the result, all or nothing; a row with an error is left out and named."""
    from quickscan.report import tables  # noqa: PLC0415 - see the module's docstring
    from quickscan.report.replacing import require_writable  # noqa: PLC0415

    tables.require_writer(options.out)
    out = require_writable(options.out)
    _require_other(out, options.files, options.out)
    faults_out = _require_faults_out(options.faults, [*options.files, options.out])
    rules = _rules(options.date)
    if stream := _open_stream(options.files[0], rules):
        return _screen_stream(stream, options, out, rules)

    from quickscan.batch.together import read_together  # noqa: PLC0415

    buildings, intakes, notices = read_together(options.files, lambda path, known: _read(path, rules, known))
    geometry = buildings[tables.GEOMETRY].to_numpy(dtype=object) if tables.GEOMETRY in buildings.columns else None
    if geometry is None and tables.needs_geometry(out):
        raise tables.no_geometry(options.out)

    from quickscan.report import console  # noqa: PLC0415

    table = tables.make_table(buildings, _score(buildings, rules, options.scheduler))
    tables.write_table(out, table, geometry=geometry, day=rules.day.isoformat())
    funnel = console.Funnel()
    funnel.add(table)
    source = " + ".join(path.name for path in options.files)
    print("\n".join(console.describe_screening(funnel, source=source, notices=notices)))
    print(console.describe_written(options.out, len(table), len(table.columns)))
    for path, intake in zip(options.files, intakes, strict=True):
        _complain(console.describe_refused(path.name, intake.refused, len(intake.errors), intake.errors))
    _write_faults(faults_out, intakes[0], options.files[0].name)
    return FAULTS if any(intake.errors for intake in intakes) else DONE


def _score(buildings: pd.DataFrame, rules: Rules, scheduler: str | None) -> pd.DataFrame:
    if scheduler is not None:
        from quickscan.batch.cluster import screen_frame  # noqa: PLC0415 - only who has a cluster needs it

        return screen_frame(scheduler, buildings, rules)
    from quickscan.domain.screening import screen_buildings  # noqa: PLC0415 - only when there is something to score

    return screen_buildings(buildings, rules)


def _screen_stream(stream: Stream, options: argparse.Namespace, out: Path, rules: Rules) -> int:
    """Score a file that is too large for memory, here or on a cluster."""
    from quickscan.batch import command  # noqa: PLC0415 - see the module's docstring
    from quickscan.report import console  # noqa: PLC0415

    source = options.files[0].name
    command.require_possible(stream, options.files, out, faults=options.faults)
    outcome = command.screen_large(stream, out, rules, scheduler=options.scheduler, progress=options.progress)
    print("\n".join(console.describe_screening(outcome.funnel, source=source, notices=len(outcome.notices))))
    print(console.describe_written(options.out, outcome.accepted, outcome.columns))
    _complain(console.describe_refused(source, outcome.refused, outcome.errors, outcome.faults))
    return FAULTS if outcome.errors else DONE


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
    from quickscan.serving.settings import read_settings  # noqa: PLC0415 - see the module's docstring
    from quickscan.serving.start import check_start  # noqa: PLC0415

    if options.database:
        os.environ[DATABASE_VARIABLE] = _database_url(options.database)
    if problems := check_start(read_settings(os.environ, bind=options.address)):
        raise UnusableInputError("De app start niet:\n- " + "\n- ".join(problems), "Lees docs/server.md.")
    _require_free(options.address, options.port)
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
