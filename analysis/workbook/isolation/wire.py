"""Frames between the desk and its readers: a header in JSON and some bytes, each with its length in front. Never a pickle."""

from __future__ import annotations

import json
import struct
from typing import BinaryIO

#: Bounds of one frame; more is a fault of the other side, and nothing is made of it.
MAX_HEADER, MAX_BODY = 64_000_000, 128_000_000
_LENGTHS = struct.Struct(">4sII")
_MAGIC = b"rdr1"


class WireError(ValueError):
    """The other side said something that is no frame, or that can't be true."""


def frame(header: object, body: bytes = b"") -> list[bytes]:
    """A frame as pieces to be written one after the other. Text that is no character (a lone surrogate) leaves as `?`.

    Raises
    ------
    WireError
        If it is larger than a frame may be.
    """
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    if len(text) > MAX_HEADER or len(body) > MAX_BODY:
        raise WireError("a frame too large")
    return [_LENGTHS.pack(_MAGIC, len(text), len(body)) + text, body]


def write_frame(stream: BinaryIO, header: object, body: bytes = b"") -> None:
    """Write one frame."""
    for piece in frame(header, body):
        if piece:
            stream.write(piece)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[dict, bytes] | None:
    """The next frame; None where the other side has gone.

    Raises
    ------
    WireError
        If what comes is no frame, or breaks off.
    """
    start = stream.read(_LENGTHS.size)
    if not start:
        return None
    if len(start) < _LENGTHS.size:
        raise WireError("a frame breaks off")
    magic, header_length, body_length = _LENGTHS.unpack(start)
    if magic != _MAGIC or header_length > MAX_HEADER or body_length > MAX_BODY:
        raise WireError("no frame")
    text = stream.read(header_length)
    body = stream.read(body_length) if body_length else b""
    if len(text) < header_length or len(body) < body_length:
        raise WireError("a frame breaks off")
    return _header(text), body


def _header(text: bytes) -> dict:
    try:
        header = json.loads(text)
        if b"\\ud" in text.lower():  # an escape could smuggle in half a character, which no store takes
            json.dumps(header, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise WireError("a header that is no JSON") from error
    if not isinstance(header, dict):
        raise WireError("a header that is no object")
    return header
