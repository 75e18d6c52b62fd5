"""Where files come from: single files, folders and zips. What can't be opened becomes a problem of that file, never an exception."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from analysis.model import Problem, UnreadableReturn
from analysis.workbook.look import MAX_BYTES
from analysis.workbook.problems import problem

#: Endings of files that may hold a return.
SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv")
#: Bounds of one zip: files in it, bytes of everything in it unpacked (on a disk; given as bytes), bytes of its directory.
MAX_MEMBERS, MAX_ZIP_UNPACKED, MAX_UPLOAD_UNPACKED, MAX_DIRECTORY = 2_000, 1_000_000_000, 250_000_000, 4_000_000
#: How entries may be packed. Others are rare, and one of them lets a few bytes ask for gigabytes of memory.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
#: A zip with one of these is a document (.xlsx, .docx, .ods), whatever its name says.
_OF_DOCUMENTS = {"[Content_Types].xml", "mimetype"}
_END, _END_64, _LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"

_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, OSError, ValueError, NotImplementedError)
_BROKEN += (RuntimeError, EOFError, LookupError, TypeError, AttributeError, OverflowError, MemoryError)


@dataclass(frozen=True)
class FoundFile:
    """A file that may hold returns, or a problem in its place. `member`: its entry where it lies in a zip; `path`: where that zip or
    the file itself lies, on a disk or in memory."""

    name: str
    path: Path | BytesIO
    member: zipfile.ZipInfo | None = None
    problem: Problem | None = None


def found_files(paths: Iterable[str | Path]) -> list[FoundFile]:
    """Every file that may hold returns: the files named, those below the folders named, and those in zips; in a stable order.

    In folders and zips, other kinds of file, lock files and hidden files are passed over; a zip within a zip is a problem.
    """
    found: list[FoundFile] = []
    for path in map(Path, paths):
        if path.is_dir():
            found += _below(path)
        else:
            found += _one(path.name, path)
    return found


def unpacked(name: str, content: bytes) -> list[tuple[str, bytes, tuple[Problem, ...]]]:
    """(name, bytes, problems) of everything in a zip that may hold returns; of the file itself where it is no zip of files.

    What a file is, is told by its bytes: a workbook is a zip too, and may be named like one. What is not named like a zip and can't be
    opened as one is left to who reads files.
    """
    named = name.lower().endswith(".zip")
    if named or content.startswith((b"PK\x03\x04", _END)):
        found = list(_members(shown(name), BytesIO(content), MAX_UPLOAD_UNPACKED))
        if any(file.member or (named and file.problem) for file in found):
            return [(file.name, inside, problems) for file, inside, problems in contents(found)]
    return [(shown(name), content, ())]


def contents(found: Iterable[FoundFile]) -> Iterator[tuple[FoundFile, bytes, tuple[Problem, ...]]]:
    """Each file with its bytes; empty bytes and a problem where they can't be had. One zip is open at a time."""
    archive: zipfile.ZipFile | None = None
    of: Path | None = None
    try:
        for file in found:
            if file.problem:
                yield file, b"", (file.problem,)
                continue
            try:
                if file.member and of != file.path:
                    if archive:
                        archive.close()
                    archive, of = zipfile.ZipFile(file.path), file.path
                content = _entry(archive, file.member) if archive and file.member else _bytes(file)
            except UnreadableReturn as error:
                yield file, b"", error.problems
            except _BROKEN as error:
                code = "damaged-zip" if file.member else "file-not-opened"
                yield file, b"", (problem(code, file.name, found=_reason(error)),)
            else:
                yield file, content, ()
    finally:
        if archive:
            archive.close()


def shown(name: str) -> str:
    """A file's name as it may be printed and stored: nothing that steers a terminal, nothing that is no character."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name.replace("\\", "/"))


def _below(folder: Path) -> Iterator[FoundFile]:
    """Files at any depth, by their path below the folder; links to folders are not followed."""
    failed: list[OSError] = []
    paths = [Path(at, name) for at, _, names in os.walk(folder, onerror=failed.append) for name in names if _may_hold(name)]
    for path in sorted(paths, key=lambda p: p.relative_to(folder).parts):
        yield from _one(path.relative_to(folder).as_posix(), path)
    for error in failed:
        name = shown(os.path.relpath(error.filename or folder, folder.parent))
        yield FoundFile(name, folder, problem=problem("file-not-opened", name, found=_reason(error)))


def _one(name: str, path: Path) -> Iterator[FoundFile]:
    if path.suffix.lower() == ".zip":
        yield from _members(shown(name), path, MAX_ZIP_UNPACKED)
    else:
        yield FoundFile(shown(name), path)


def _may_hold(name: str) -> bool:
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    return plain.lower().endswith((*SUFFIXES, ".zip")) and not plain.startswith(("~$", "."))


def _members(name: str, path: Path | BytesIO, most: int) -> Iterator[FoundFile]:
    """Entries of a zip that may hold returns, by their names as text: nothing is ever written to where a name points."""
    try:
        files, size = _directory(path)
        if size > MAX_DIRECTORY:
            yield _zip_too_large(name, path, f"{files:,} files", f"{MAX_MEMBERS:,} files")
            return
        with zipfile.ZipFile(path) as archive:
            all_of_it = archive.infolist()
    except _BROKEN as error:
        code = "file-not-opened" if isinstance(error, OSError) and isinstance(path, Path) else "damaged-zip"
        yield FoundFile(name, path, problem=problem(code, name, found=_reason(error)))
        return
    if any(info.filename in _OF_DOCUMENTS for info in all_of_it):
        yield FoundFile(name, path)
        return
    infos = [i for i in all_of_it if not i.is_dir() and "__MACOSX/" not in i.filename and _may_hold(i.filename)]
    size = sum(info.file_size for info in infos)
    if len(infos) > MAX_MEMBERS or size > most:
        yield _zip_too_large(name, path, _amount(len(infos), size), _amount(MAX_MEMBERS, most))
    elif not infos:
        told = problem("zip-without-returns", name, found=f"{len(all_of_it):,} files", allowed=", ".join(SUFFIXES))
        yield FoundFile(name, path, problem=told)
    else:
        for info in sorted(infos, key=lambda i: i.filename):
            inside = f"{name}/{shown(info.filename)}"
            yield FoundFile(inside, path, info, _told_of(inside, info))


def _told_of(inside: str, info: zipfile.ZipInfo) -> Problem | None:
    """What keeps an entry from being read, as far as the directory tells."""
    if info.filename.lower().endswith(".zip"):
        return problem("zip-in-zip", inside)
    if info.flag_bits & 1:
        return problem("zip-with-password", inside)
    if info.file_size > MAX_BYTES:
        return _too_large(inside, info.file_size)
    if info.compress_type not in _PACKED:
        return problem("damaged-zip", inside, found=f"packed in the way {info.compress_type}")
    return None


def _directory(path: Path | BytesIO) -> tuple[int, int]:
    """(entries, bytes) of a zip's directory as its last record says: both are read whole by who opens the zip, so they are looked at first.

    Raises
    ------
    BadZipFile
        If there is no such record.
    """
    if isinstance(path, BytesIO):
        return _last_record(path)
    with path.open("rb") as file:
        return _last_record(file)


def _last_record(file: BinaryIO) -> tuple[int, int]:
    length = file.seek(0, os.SEEK_END)
    file.seek(max(0, length - 22 - 65_536 - 76))  # the record, the longest comment behind it, and the larger record before it
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + 22:
        raise zipfile.BadZipFile("no end of a zip")
    files, size = struct.unpack_from("<HI", tail, at + 10)
    if at >= 76 and tail[at - 20 : at - 16] == _LOCATOR_64 and tail[at - 76 : at - 72] == _END_64:
        files, size = struct.unpack_from("<QQ", tail, at - 76 + 32)
    if size > length:
        raise zipfile.BadZipFile("a directory longer than the zip")
    return files, size


def _zip_too_large(name: str, path: Path | BytesIO, found: str, allowed: str) -> FoundFile:
    return FoundFile(name, path, problem=problem("zip-too-large", name, found=found, allowed=allowed))


def _amount(files: int, unpacked: int) -> str:
    return f"{files:,} files, {unpacked / 1e6:,.0f} MB"


def _entry(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """One entry's bytes; never more than it declares, whatever it unpacks to (then its CRC is wrong)."""
    with archive.open(member) as file:
        return file.read(member.file_size + 1)


def _bytes(file: FoundFile) -> bytes:
    """The bytes of a regular file that is not larger than what is read."""
    found = file.path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise UnreadableReturn((problem("file-not-opened", file.name, found="not a regular file"),))
    if found.st_size > MAX_BYTES:
        raise UnreadableReturn((_too_large(file.name, found.st_size),))
    return file.path.read_bytes()


def _too_large(name: str, size: int) -> Problem:
    return problem("too-large", name, found=f"{size / 1e6:.1f} MB", allowed=f"{MAX_BYTES / 1e6:.1f} MB")


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
