"""Texts that try to become part of a statement to the database, built from parts; the same every time.

The kinds are those of the OWASP testing guide (Testing for SQL Injection) and of the PortSwigger SQL injection cheat sheet:
closing a string, always true, UNION, stacked statements, comments, waiting, errors, and odd quotes. The words are ours.
"""

from __future__ import annotations

from functools import cache

CLOSES = ("'", '"', "')", "'))", '")', "`", "\\'", "%27", "''", "\u02bc", "\u2019", "1")
TAILS = ("--", "-- -", "#", "/*", ";", "")
CLAIMS = (
    " OR 1=1",
    " OR 'a'='a",
    " AND 1=0",
    " OR TRUE",
    " UNION SELECT * FROM answer",
    " UNION ALL SELECT NULL, sqlite_version(), NULL",
    " UNION SELECT usename, passwd FROM pg_shadow",
    "; DROP TABLE answer",
    "; DELETE FROM audit_log",
    "; UPDATE workspace SET name='weg'",
    "; INSERT INTO answer_history SELECT * FROM answer_history",
    "; PRAGMA writable_schema=1",
    "; ATTACH DATABASE '/tmp/x.db' AS x",
    "; SELECT load_extension('x')",
    "; COPY answer TO PROGRAM 'id'",
    "; SELECT pg_sleep(9)",
    " AND 1=randomblob(500000000)",
    " AND 1=CAST((SELECT note FROM answer LIMIT 1) AS int)",
    " || (SELECT note FROM answer LIMIT 1) || '",
    " ORDER BY 99",
    "; COMMIT; BEGIN",
    "; SET ROLE postgres",
)


@cache
def make_statements() -> tuple[str, ...]:
    """Return every text; no two are the same."""
    found = [
        f"{close}{claim}{TAILS[(at + number) % len(TAILS)]}"
        for at, close in enumerate(CLOSES)
        for number, claim in enumerate(CLAIMS)
    ]
    return tuple(dict.fromkeys(found))
