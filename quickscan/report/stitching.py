"""Put Parquet files behind each other as one, without reading or compressing their columns again.

A part is a whole Parquet file in memory, with all its row groups; parts that are made side by side, by threads or by workers
elsewhere, become one file here. The pages go over as they are. Only the footer is written anew: it tells where the pages
start, and those places move. A footer is a Thrift structure in the compact protocol, of which everything that we do not
know about goes over unchanged. See parquet.apache.org/docs/file-format and the compact protocol in apache/thrift.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

MAGIC = b"PAR1"
_TAIL = 4 + len(MAGIC)  # the length of the footer, and the magic once more
# Kinds of values in the compact protocol.
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_WHOLE = (_I16, _I32, _I64)
_LONG = 15  # in a header: the number itself follows
# Fields of FileMetaData, RowGroup, ColumnChunk and ColumnMetaData, by their number in parquet.thrift.
_SCHEMA, _ROWS, _GROUPS, _TEXTS = 2, 3, 4, 5
_COLUMNS, _GROUP_START, _ORDINAL = 1, 5, 7
_CHUNK_STARTS, _CHUNK_ABOUT = (2, 4, 6), 3
_PAGE_STARTS = (9, 10, 11, 14)

Struct = dict[int, tuple[int, Any]]  # number of a field → its kind and value; a list is (kind, values), a map (kinds, pairs)


@dataclass
class Stitched:
    """A Parquet file that grows by whole parts; `finish` makes it readable. All parts have the same columns."""

    out: BinaryIO
    _footer: Struct = field(default_factory=dict)
    _place: int = 0

    def add(self, part: bytes) -> None:
        """Put a part behind the others; raises ValueError for one with other columns."""
        length = int.from_bytes(part[-_TAIL : -len(MAGIC)], "little")
        footer, _ = _read_struct(part, len(part) - _TAIL - length)
        if not self._footer:
            self._place += self.out.write(MAGIC)
            self._footer = {**footer, _ROWS: (_I64, 0), _GROUPS: (_LIST, (_STRUCT, []))}
        elif footer[_SCHEMA] != self._footer[_SCHEMA]:
            raise ValueError("a part with other columns than the parts before it")
        groups = self._footer[_GROUPS][1][1]
        for group in footer[_GROUPS][1][1]:
            _move(group, self._place - len(MAGIC))
            if _ORDINAL in group:
                group[_ORDINAL] = (_I16, len(groups))
            groups.append(group)
        self._footer[_ROWS] = (_I64, self._footer[_ROWS][1] + footer[_ROWS][1])
        self._place += self.out.write(memoryview(part)[len(MAGIC) : -_TAIL - length])

    def finish(self, texts: Mapping[str, str]) -> None:
        """Write the footer, with these texts about the whole file."""
        if texts:
            pairs: list[Struct] = [{1: (_BINARY, name.encode()), 2: (_BINARY, text.encode())} for name, text in texts.items()]
            self._footer[_TEXTS] = (_LIST, (_STRUCT, pairs))
        written = bytearray()
        _write_struct(written, self._footer)
        self.out.write(written + len(written).to_bytes(4, "little") + MAGIC)


def _move(group: Struct, by: int) -> None:
    """Move every place in the file that a row group tells of."""
    _shift(group, (_GROUP_START,), by)
    for chunk in group[_COLUMNS][1][1]:
        _shift(chunk, _CHUNK_STARTS, by)
        _shift(chunk[_CHUNK_ABOUT][1], _PAGE_STARTS, by)


def _shift(struct: Struct, fields: tuple[int, ...], by: int) -> None:
    for number in fields:
        if number in struct and struct[number][1]:  # 0 is that there is none
            struct[number] = (_I64, struct[number][1] + by)


def _read_struct(source: bytes, at: int) -> tuple[Struct, int]:
    found: Struct = {}
    number = 0
    while head := source[at]:
        at += 1
        kind = head & 15
        if head >> 4:
            number += head >> 4
        else:
            number, at = _read_whole(source, at)
        value, at = (kind == _TRUE, at) if kind in (_TRUE, _FALSE) else _read(source, at, kind)
        found[number] = (kind, value)
    return found, at + 1


def _read(source: bytes, at: int, kind: int) -> tuple[Any, int]:  # noqa: PLR0911 - one return a kind of value
    if kind in (_TRUE, _FALSE, _BYTE):
        return source[at], at + 1
    if kind in _WHOLE:
        return _read_whole(source, at)
    if kind == _DOUBLE:
        return source[at : at + 8], at + 8
    if kind == _BINARY:
        size, at = _read_count(source, at)
        return source[at : at + size], at + size
    if kind == _STRUCT:
        return _read_struct(source, at)
    if kind in (_LIST, _SET):
        head, at = source[at], at + 1
        size, at = (head >> 4, at) if head >> 4 < _LONG else _read_count(source, at)
        values = []
        for _ in range(size):
            value, at = _read(source, at, head & 15)
            values.append(value)
        return (head & 15, values), at
    if kind == _MAP:
        size, at = _read_count(source, at)
        kinds, at = (source[at], at + 1) if size else (0, at)
        pairs = []
        for _ in range(size):
            key, at = _read(source, at, kinds >> 4)
            value, at = _read(source, at, kinds & 15)
            pairs.append((key, value))
        return (kinds, pairs), at
    raise ValueError(f"a footer with an unknown kind of value: {kind}")


def _read_count(source: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte, at = source[at], at + 1
        value |= (byte & 127) << shift
        if byte < 128:  # noqa: PLR2004 - the highest bit says that more follows
            return value, at
        shift += 7


def _read_whole(source: bytes, at: int) -> tuple[int, int]:
    value, at = _read_count(source, at)
    return (value >> 1) ^ -(value & 1), at


def _write_struct(out: bytearray, struct: Struct) -> None:
    last = 0
    for number, (kind, value) in sorted(struct.items()):
        step = number - last
        if 0 < step <= _LONG:
            out.append(step << 4 | kind)
        else:
            out.append(kind)
            _write_whole(out, number)
        last = number
        if kind not in (_TRUE, _FALSE):  # those are in the kind
            _write(out, kind, value)
    out.append(0)


def _write(out: bytearray, kind: int, value: Any) -> None:
    if kind in (_TRUE, _FALSE, _BYTE):
        out.append(value)
    elif kind in _WHOLE:
        _write_whole(out, value)
    elif kind == _DOUBLE:
        out += value
    elif kind == _BINARY:
        _write_count(out, len(value))
        out += value
    elif kind == _STRUCT:
        _write_struct(out, value)
    elif kind in (_LIST, _SET):
        _write_list(out, *value)
    else:
        kinds, pairs = value
        _write_count(out, len(pairs))
        if pairs:
            out.append(kinds)
        for key, each in pairs:
            _write(out, kinds >> 4, key)
            _write(out, kinds & 15, each)


def _write_list(out: bytearray, kind: int, values: list[Any]) -> None:
    out.append(min(len(values), _LONG) << 4 | kind)
    if len(values) >= _LONG:
        _write_count(out, len(values))
    for value in values:
        _write(out, kind, value)


def _write_count(out: bytearray, value: int) -> None:
    while value > 127:  # noqa: PLR2004 - seven bits a byte
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _write_whole(out: bytearray, value: int) -> None:
    _write_count(out, value << 1 if value >= 0 else (-value << 1) - 1)
