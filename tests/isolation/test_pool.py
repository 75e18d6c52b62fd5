"""Readers break down one file at a time: each way to break down has its word, and the next file is read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from analysis.model import UnreadableReturn
from analysis.workbook.isolation import limits, processes
from analysis.workbook.isolation.limits import Limits
from analysis.workbook.options import ReadingOptions

LIMITS = Limits(memory=150_000_000, growth=40_000_000, files=100)
linux = pytest.mark.skipif(not processes.FORKS, reason="these limits are held by Linux")


def asked(readers, setting, content: bytes, name="QMA.xlsx"):
    return readers.read(name, content, setting, ReadingOptions())


def told(readers, setting, content: bytes):
    """(code, found, allowed) of the one problem of a file."""
    with pytest.raises(UnreadableReturn) as raised:
        asked(readers, setting, content).result(120)
    [problem] = raised.value.problems
    assert (problem.file, problem.severity) == ("QMA.xlsx", "stop")
    return problem.code, problem.found, problem.allowed


def process_of(readers, setting, content=b"good") -> int:
    """The number of the process that reads a good file."""
    [one] = asked(readers, setting, content).result(120)
    name, _, process = one.file.partition(" by ")
    assert name == "QMA.xlsx"
    return int(process)


def gone(process: int) -> bool:
    """Whether a process has ended, within some seconds."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            if psutil.Process(process).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:  # also where it ends between two looks
            return True
        time.sleep(0.02)
    return False


WAYS = [
    (b"abort", ("reader-crashed", "SIGABRT", "")),
    (b"no-memory", ("reader-too-large", "", "150 MB")),
    (b"segfault", ("reader-crashed", "SIGSEGV", "")),
    (b"outside-kill", ("reader-too-large", "", "150 MB")),  # what the system does when it has no memory left
    (b"exit", ("reader-crashed", "exit 7", "")),
    (b"grow", ("reader-too-large", "", "150 MB")),
    (b"raise", ("reader-crashed", "KeyError", "")),  # not what stood in the file
    (b"panic", ("reader-crashed", "KeyboardInterrupt", "")),
    (b"deep", ("reader-crashed", "RecursionError", "")),
]


@linux
@pytest.mark.slow
def test_a_file_that_keeps_the_processor_too_long_is_one_problem_of_that_file(odd, setting, forks):
    readers = odd(1, Limits(seconds=1.0), forks)
    assert told(readers, setting, b"spin") == ("reader-too-slow", "", "1 s")
    process_of(readers, setting)


@linux
@pytest.mark.slow
def test_a_file_that_is_never_done_is_stopped_by_the_clock_and_the_next_is_read(odd, setting, forks):
    readers = odd(1, Limits(patience=5.0), forks)
    before = process_of(readers, setting)
    assert told(readers, setting, b"wait 100") == ("reader-too-slow", "", "5 s")
    assert process_of(readers, setting) != before and gone(before)


def test_a_busy_machine_refuses_no_file_that_waits_for_its_turn(odd, setting, forks):
    readers = odd(1, Limits(seconds=1.0), forks)
    process_of(readers, setting, b"wait 1.5")  # the clock is beyond a second, the processor's is not


def test_without_a_count_of_processor_time_the_clock_counts(monkeypatch):
    assert Limits(seconds=8, patience=60).by_clock == 60
    monkeypatch.setattr(limits, "resource", None)
    assert Limits(seconds=8, patience=60).by_clock == 8


@linux
@pytest.mark.slow
def test_every_way_to_break_down_is_one_problem_of_that_file_and_the_next_is_read(odd, setting, forks):
    readers = odd(1, LIMITS, forks)
    before = process_of(readers, setting)
    for content, expected in WAYS:
        assert told(readers, setting, content) == expected, content
        after = process_of(readers, setting)
        assert after != before and gone(before)
        before = after


FALSE = [
    b"say {'reads': 1}",
    b"say {'reads': [{'file': 'x', 'value': None, 'problems': [['x'] * 9]}]}",
    b"say {'read': []}",
    b"say {'failed': 'in another way', 'found': 5}",
    b"say {'unreadable': [['f', '', '', 'no-such-code', '', '', '', 'stop', '']]}",
    b"say {'reads': [{'file': 'x', 'value': {}, 'problems': []}]}",
    b"answer no frame at all, but long enough to be one",
    b"answer rdr1\xff\xff\xff\xff\xff\xff\xff\xff",
    b"answer rdr1\x00\x00\x00\x02\x00\x00\x00\x00[]",
    b"answer rdr1\x00\x00\x00\x09",
]


@linux
@pytest.mark.parametrize("content", FALSE)
def test_an_answer_that_can_not_be_true_is_one_problem_of_that_file(odd, setting, content):
    readers = odd(1, LIMITS)
    assert told(readers, setting, content)[0] == "reader-crashed"
    process_of(readers, setting)


def test_a_chatty_library_does_not_disturb_the_answers(odd, setting, forks):
    readers = odd(1, LIMITS, forks)
    assert process_of(readers, setting, b"print") == process_of(readers, setting)


@linux
def test_a_reader_has_few_open_files_and_writes_none(odd, setting, forks, tmp_path):
    readers = odd(1, LIMITS, forks)
    assert told(readers, setting, b"files")[:2] == ("reader-crashed", "OSError")
    target = tmp_path / "written"
    assert told(readers, setting, b"write " + str(target).encode())[:2] == ("reader-crashed", "OSError")
    assert target.read_bytes() == b""


@linux
def test_a_reader_is_told_nothing_of_the_desks_secrets(odd, setting, forks, monkeypatch):
    monkeypatch.setenv("RETURNS_DATABASE", "postgresql://office:secret@somewhere/returns")
    process = process_of(odd(1, LIMITS, forks), setting)
    assert b"secret" not in Path(f"/proc/{process}/environ").read_bytes()


def test_a_reader_gives_way_to_another_after_so_many_files(odd, setting, forks):
    readers = odd(1, Limits(files=3), forks)
    processes = [process_of(readers, setting) for _ in range(7)]
    assert [processes.index(p) for p in processes] == [0, 0, 0, 3, 3, 3, 6]


@linux
def test_a_reader_that_keeps_memory_gives_way_to_another(odd, setting):
    readers = odd(1, LIMITS)
    first = process_of(readers, setting)
    assert process_of(readers, setting, b"grow-for-good 20000000") == first
    assert process_of(readers, setting, b"grow-for-good 30000000") == first
    assert process_of(readers, setting) != first


def test_what_was_read_comes_in_the_order_of_the_files_and_few_are_begun_ahead(odd, setting):
    readers = odd(2, Limits())
    begun, ahead = [], []

    def files():
        for i in range(20):
            begun.append(i)
            yield i, asked(readers, setting, b"wait 0.2" if i == 0 else b"good", f"{i}.xlsx")

    for i, future in readers.in_order(files()):
        assert future.result()[0].file.startswith(f"{i}.xlsx by ")
        ahead.append(len(begun) - i)
    assert len(ahead) == 20 and max(ahead) == 5  # the one that is given back, and two for each reader


def test_two_readers_work_at_once(odd, setting, tmp_path):
    readers = odd(2, Limits())
    readers.warm(setting.instruments, setting.states)
    found = [asked(readers, setting, f"meet 2 {tmp_path}".encode()) for _ in range(2)]  # neither is done before both have begun
    assert len({f.result(60)[0].file for f in found}) == 2


def test_sessions_take_turns(odd, setting):
    readers = odd(1, Limits())
    readers.warm()
    done = []

    def session(name, count):
        for _, future in readers.in_order((i, asked(readers, setting, b"wait 0.1")) for i in range(count)):
            future.result()
            done.append(name)

    threads = [threading.Thread(target=session, args=("many", 30)), threading.Thread(target=session, args=("few", 3))]
    threads[0].start()
    time.sleep(0.3)
    threads[1].start()
    for thread in threads:
        thread.join()
    assert done.count("many") == 30 and done.index("few") < 15 and len(done) - done[::-1].index("few") < 20


def test_who_stops_listening_takes_back_what_has_not_begun(odd, setting):
    readers = odd(1, Limits())
    futures = [asked(readers, setting, b"wait 0.3") for _ in range(3)]
    listening = readers.in_order(enumerate(futures))
    next(listening)
    listening.close()
    assert futures[2].cancelled()
    process_of(readers, setting)


def test_readers_end_when_there_is_nothing_to_do_and_start_again(odd, setting, forks):
    readers = odd(2, Limits(idle=0.3), forks)
    first = process_of(readers, setting)
    assert gone(first)
    until = time.monotonic() + 20
    while (readers._threads or readers._readers or readers._nursery) and time.monotonic() < until:
        time.sleep(0.05)  # the last thread to end takes the nursery along
    assert not readers._readers and readers._nursery is None
    assert process_of(readers, setting) != first


def test_closed_readers_are_gone_and_take_no_more(odd, setting, forks):
    readers = odd(2, Limits(), forks)
    process = process_of(readers, setting)
    waiting = [asked(readers, setting, b"wait 20") for _ in range(4)]
    time.sleep(0.2)
    readers.close()
    assert gone(process) and all(f.done() for f in waiting)
    with pytest.raises(RuntimeError):
        asked(readers, setting, b"good")


@linux
def test_a_lost_nursery_is_replaced(odd, setting):
    readers = odd(1, LIMITS)
    process = process_of(readers, setting)
    readers._nursery.popen.kill()
    readers._nursery.popen.wait()
    assert told(readers, setting, b"exit")[0] == "reader-crashed"
    assert process_of(readers, setting) != process


@linux
def test_readers_end_with_the_desk_that_was_killed(setting, tmp_path):
    code = (
        "import os, time\n"
        "from analysis.workbook.isolation.pool import Readers\n"
        "readers = Readers(2)\n"
        "readers.warm()\n"
        "print(*(r.process for r in readers._readers), readers._nursery.popen.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as desk:
        numbers = [int(n) for n in desk.stdout.readline().split()]
        assert len(numbers) == 3
        os.kill(desk.pid, signal.SIGKILL)
    assert all(gone(number) for number in numbers)
