"""Frames come out as they went in, or not at all."""

from io import BytesIO

import pytest

from analysis.workbook.isolation.wire import MAX_BODY, WireError, frame, read_frame, write_frame

HEADER = {"text": "Ünï \u05d0 \\ud83d \u0000 😀", "number": 0.1, "nothing": None}


def written(header, body=b"") -> bytes:
    stream = BytesIO()
    write_frame(stream, header, body)
    return stream.getvalue()


def test_frames_come_out_as_they_went_in():
    stream = BytesIO(written(HEADER, b"\x00\xff" * 10) + written({}))
    assert read_frame(stream) == (HEADER, b"\x00\xff" * 10)
    assert read_frame(stream) == ({}, b"")
    assert read_frame(stream) is None


@pytest.mark.parametrize("length", range(1, 40))
def test_a_frame_that_breaks_off_is_none(length):
    with pytest.raises(WireError):
        read_frame(BytesIO(written({"a": "b" * 10}, b"c" * 10)[:length]))


def test_half_a_character_leaves_as_a_question_mark_and_does_not_come_in():
    assert read_frame(BytesIO(written({"a": "x\ud800y"}))) == ({"a": "x?y"}, b"")
    smuggled = written({"a": "------"}).replace(b"------", b"\\uD800")
    with pytest.raises(WireError):
        read_frame(BytesIO(smuggled))


@pytest.mark.parametrize("text", [b"[]", b"{", b"\xff\xff", b"[" * 90_000, b'{"a": 1' + b"0" * 5000 + b"}"])
def test_a_header_that_is_no_object_is_no_frame(text):
    raw = b"rdr1" + len(text).to_bytes(4, "big") + bytes(4) + text
    with pytest.raises(WireError):
        read_frame(BytesIO(raw))


def test_a_frame_too_large_is_neither_written_nor_read():
    with pytest.raises(WireError):
        frame({}, bytes(MAX_BODY + 1))
    with pytest.raises(WireError):
        read_frame(BytesIO(b"rdr1" + bytes(4) + (MAX_BODY + 1).to_bytes(4, "big")))
