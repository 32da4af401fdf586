"""What must be right before the app may start. Refusing is safer than serving with a hole.

`check_start` is pure: it judges settings and returns every problem at once, each as what is wrong and what to do.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from quickscan.serving.mounts import is_on_network
from quickscan.serving.settings import (
    LOCAL,
    METRICS_VARIABLE,
    MODE_VARIABLE,
    PUBLIC_VARIABLE,
    REPLICAS_VARIABLE,
    SERVER,
    ServerSettings,
)

SHORTEST_SECRET = 32  # characters; ASVS 5.0 asks 128 bits, and people do not always draw them at random
FEWEST_CHARACTERS = 10  # different ones: "aaaa…" and "12341234…" are long, but no secret
PLACEHOLDERS = ("vervang", "change", "default", "geheim", "secret", "streamlit", "example", "voorbeeld")
LONGEST = 1000  # minutes, hours or days; more is a slip of the pen
OIDC_KEYS = ("redirect_uri", "client_id", "client_secret", "server_metadata_url")
_HOW_TO_MAKE_ONE = 'Maak er een met: python -c "import secrets; print(secrets.token_urlsafe(48))"'


def check_start(settings: ServerSettings) -> list[str]:
    """Return everything that forbids starting, as Dutch sentences; empty when all is well."""
    problems = [*_check_database(settings)]
    if settings.mode == LOCAL:
        problems += _check_local(settings)
    elif settings.mode == SERVER:
        problems += [
            *_check_public(settings),
            *_check_secret(settings),
            *_check_oidc(settings),
            *_check_debug(settings),
            *_check_limits(settings),
        ]
    else:
        problems.append(f"{MODE_VARIABLE} is '{settings.mode}'. Kies '{LOCAL}' of '{SERVER}'.")
    if settings.metrics and read_place(settings.metrics) is None:
        problems.append(f"{METRICS_VARIABLE} is geen adres met poort. Schrijf bijvoorbeeld 127.0.0.1:9464.")
    return problems


def is_loopback(address: str) -> bool:
    """Tell whether an address is this computer only."""
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address.lower() == "localhost"


def read_place(text: str) -> tuple[str, int] | None:
    """Split `adres:poort`; None when it is not one."""
    address, _, port = text.rpartition(":")
    return (address.strip("[]"), int(port)) if address and port.isascii() and port.isdigit() and int(port) < 2**16 else None


def _check_local(settings: ServerSettings) -> Iterator[str]:
    if not is_loopback(settings.bind):
        yield (
            f"Zonder inloggen luistert de app alleen op deze computer, niet op '{settings.bind}'. "
            f"Gebruik 127.0.0.1, of richt een server in ({MODE_VARIABLE}={SERVER}; zie docs/server.md)."
        )


def _check_database(settings: ServerSettings) -> Iterator[str]:
    replicas = int(settings.replicas) if settings.replicas.isascii() and settings.replicas.isdigit() else 0
    if replicas < 1:
        yield f"{REPLICAS_VARIABLE} is '{settings.replicas}'. Schrijf het aantal exemplaren van de app, bijvoorbeeld 2."
    if settings.database and not settings.database.startswith("sqlite"):
        if "vervang" in settings.database.lower():
            yield "Het wachtwoord van de database is nog niet ingevuld (QUICKSCAN_DATABASE). Zie deploy/app.env.voorbeeld."
        return
    if replicas > 1:
        yield f"SQLite dient maar één exemplaar van de app, en er zijn er {replicas}. Gebruik PostgreSQL, of één exemplaar."
    file = _sqlite_file(settings.database)
    if file and is_on_network(file, settings.mounts):
        yield (
            f"De database staat op een netwerkmap ({file}); daar kan SQLite gegevens kwijtraken. "
            "Zet het bestand op een schijf van deze computer, of gebruik PostgreSQL."
        )


def _sqlite_file(url: str) -> str:
    """Return the file of an SQLite address as an absolute path, or "" when it has none."""
    file = url.partition("://")[2].removeprefix("/").split("?", 1)[0]
    if not file or file.startswith(":"):
        return ""
    return file if file.startswith(("//", "\\\\")) else str(Path(file).resolve())


def _check_public(settings: ServerSettings) -> Iterator[str]:
    parts = urlsplit(settings.public)
    if not settings.public:
        yield (
            f"{PUBLIC_VARIABLE} ontbreekt. Schrijf het adres dat mensen intypen, bijvoorbeeld https://quickscan.gemeente.nl; "
            "daarachter hoort een proxy met TLS."
        )
    elif parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.username:
        yield f"{PUBLIC_VARIABLE} is geen adres. Schrijf alleen https:// en de naam, bijvoorbeeld https://quickscan.gemeente.nl."
    elif parts.scheme == "http" and not (is_loopback(parts.hostname) and is_loopback(settings.bind)):
        yield (
            f"{PUBLIC_VARIABLE} begint met http, terwijl de app op '{settings.bind}' luistert. "
            "Zet er een proxy met TLS voor en schrijf https (zie deploy/)."
        )


def _check_secret(settings: ServerSettings) -> Iterator[str]:
    secret = settings.cookie_secret
    if not secret:
        yield f"Het geheim van de inlogcookie ontbreekt (cookie_secret onder [auth] in secrets.toml). {_HOW_TO_MAKE_ONE}"
    elif secret.lower().startswith(PLACEHOLDERS) or len(set(secret)) < FEWEST_CHARACTERS:
        yield f"Het geheim van de inlogcookie (cookie_secret) is een voorbeeld of is te raden. {_HOW_TO_MAKE_ONE}"
    elif len(secret) < SHORTEST_SECRET:
        yield f"Het geheim van de inlogcookie (cookie_secret) is korter dan {SHORTEST_SECRET} tekens. {_HOW_TO_MAKE_ONE}"


def _check_oidc(settings: ServerSettings) -> Iterator[str]:
    values = {key: settings.oidc.get(key, "").strip() for key in OIDC_KEYS}
    missing = [key for key, value in values.items() if not value or value.lower().startswith("vervang")]
    if missing:
        yield (
            f"Inloggen is niet ingesteld: {', '.join(missing)} ontbreekt onder [auth] in secrets.toml. "
            "Vraag deze gegevens aan de beheerder van de inlogdienst (zie docs/server.md)."
        )
    wanted = f"{settings.public}/oauth2callback"
    if "redirect_uri" not in missing and settings.public and values["redirect_uri"] != wanted:
        yield f"redirect_uri onder [auth] hoort bij een ander adres dan {PUBLIC_VARIABLE}. Schrijf {wanted}."


def _check_debug(settings: ServerSettings) -> Iterator[str]:
    if settings.debug:
        yield f"Foutopsporing staat aan ({', '.join(settings.debug)}). Zet dit uit op een server; het laat de binnenkant zien."


def _check_limits(settings: ServerSettings) -> Iterator[str]:
    for name, said in settings.limits.items():
        if not (said.isascii() and said.isdigit() and 0 < int(said) <= LONGEST):
            yield f"{name} is '{said}'. Schrijf een heel getal van 1 tot en met {LONGEST}, of laat de regel weg."
