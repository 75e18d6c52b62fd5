"""Zips that no program would write: entries with sizes that lie, data that is shared, and gigabytes packed into kilobytes."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO


@dataclass
class Entry:
    """One entry as it stands in the file: packed bytes, and what the directory says about them."""

    name: str
    packed: bytes
    size: int
    crc: int
    method: int = 8
    flags: int = 0x800


def entry(name: str, content: bytes) -> Entry:
    """An honest entry."""
    pack = zlib.compressobj(6, zlib.DEFLATED, -15)
    return Entry(name, pack.compress(content) + pack.flush(), len(content), zlib.crc32(content))


def repeated(name: str, start: bytes, piece: bytes, times: int, end: bytes) -> Entry:
    """An honest entry of `start`, many times `piece`, and `end`: packed once, as a flushed block can stand any number of times."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = pack.compress(start) + pack.flush(zlib.Z_FULL_FLUSH)
    block = pack.compress(piece) + pack.flush(zlib.Z_FULL_FLUSH)
    last = pack.compress(end) + pack.flush()
    crc = zlib.crc32(start)
    for _ in range(times):
        crc = zlib.crc32(piece, crc)
    return Entry(name, first + block * times + last, len(start) + len(piece) * times + len(end), zlib.crc32(end, crc))


def zipped(entries: list[Entry], shared: bool = False) -> bytes:
    """A zip of entries; sizes beyond 4 GB are written the long way. `shared`: every entry points at the data of the first."""
    out, directory = BytesIO(), BytesIO()
    for number, one in enumerate(entries):
        at = 0 if shared else out.tell()
        name = one.name.encode()
        long = struct.pack("<HHQ", 1, 8, one.size) if one.size > 0xFFFFFFFE else b""
        size = 0xFFFFFFFF if long else one.size
        common = struct.pack(
            "<HHHHHIIIHH", 20, one.flags, one.method, 0, 33, one.crc, len(one.packed), size, len(name), len(long)
        )
        if number == 0 or not shared:
            out.write(b"PK\x03\x04" + common + name + long + one.packed)
        directory.write(b"PK\x01\x02" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, at) + name + long)
    listed, at = directory.getvalue(), out.tell()
    count = min(len(entries), 0xFFFF)
    return out.getvalue() + listed + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(listed), at, 0)


def entries_of(content: bytes) -> dict[str, bytes]:
    """Name -> bytes of everything in a zip."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(content: bytes, changes: Mapping[str, Callable[[bytes], bytes] | bytes | Entry | None]) -> bytes:
    """A zip with some entries changed, added, or (None) left out."""
    found: dict[str, bytes | Entry] = dict(entries_of(content))
    for name, change in changes.items():
        if change is None:
            found.pop(name)
        else:
            found[name] = change(found[name]) if callable(change) else change
    return zipped([one if isinstance(one, Entry) else entry(name, one) for name, one in found.items()])
