"""Where files come from: single files, folders and zips. What can't be opened becomes a problem of that file, never an exception."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from analysis.model import Problem, UnreadableReturn
from analysis.workbook.look import MAX_BYTES
from analysis.workbook.problems import problem

#: Endings that may hold a return; the second kind can't be read here, and is told so rather than passed over.
SUFFIXES, OTHER_SUFFIXES = (".xlsx", ".xlsm", ".csv", ".tsv"), (".xls", ".xlsb", ".ods")
#: Bounds of one zip: files in it, and bytes of everything in it that would be unpacked.
MAX_MEMBERS, MAX_ZIP_UNPACKED = 2_000, 1_000_000_000

_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError)
_BROKEN += (EOFError, KeyError, IndexError, MemoryError)


@dataclass(frozen=True)
class FoundFile:
    """A file that may hold returns, or a problem in its place. `member`: its entry where it lies in a zip."""

    name: str
    path: Path
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
        yield from _members(shown(name), path)
    else:
        yield FoundFile(shown(name), path)


def _may_hold(name: str) -> bool:
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    return plain.lower().endswith((*SUFFIXES, *OTHER_SUFFIXES, ".zip")) and not plain.startswith(("~$", "."))


def _members(name: str, path: Path) -> Iterator[FoundFile]:
    """Entries of a zip that may hold returns, by their names as text: nothing is ever written to where a name points."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir() and "__MACOSX/" not in i.filename and _may_hold(i.filename)]
    except _BROKEN as error:
        code = "file-not-opened" if isinstance(error, OSError) else "damaged-zip"
        yield FoundFile(name, path, problem=problem(code, name, found=_reason(error)))
        return
    unpacked = sum(info.file_size for info in infos)
    if len(infos) > MAX_MEMBERS or unpacked > MAX_ZIP_UNPACKED:
        found, allowed = _amount(len(infos), unpacked), _amount(MAX_MEMBERS, MAX_ZIP_UNPACKED)
        yield FoundFile(name, path, problem=problem("zip-too-large", name, found=found, allowed=allowed))
        return
    for info in sorted(infos, key=lambda i: i.filename):
        inside = f"{name}/{shown(info.filename)}"
        told = None
        if info.filename.lower().endswith(".zip"):
            told = problem("zip-in-zip", inside)
        elif info.flag_bits & 1:
            told = problem("zip-with-password", inside)
        elif info.file_size > MAX_BYTES:
            told = _too_large(inside, info.file_size)
        yield FoundFile(inside, path, info, told)


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
