"""The worst files laid on the desk: the page says what is wrong with each, and never shows a traceback or what a file wants shown."""

from __future__ import annotations

from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.states import load_states
from analysis.texts import text
from analysis.workbook.template import template
from tests.hostile.files import FILES, HTML
from tests.hostile.zips import Entry, repacked, zipped
from tests.pages.conftest import page, sound
from tests.workbook.forms import Form

MARKDOWN = "[x](http://127.0.0.1:9/) ![y](http://127.0.0.1:9/y.png) **b**"
WORST = (
    "bomb_of_300_mb", "billion_laughs", "an_xls_whose_chain_goes_round", "a_picture_named_like_a_workbook", "a_workbook_with_a_password",
    "nothing_but_quotation_marks",
)  # fmt: skip


def laid(at, files):
    """The desk with files on it."""
    for i, (name, content) in enumerate(files):
        stem, dot, ending = name.rpartition(".")
        at.file_uploader[0].upload(f"{i}-{stem}{dot}{ending}", content)
    return sound(at.run(timeout=180))


def shown(at) -> str:
    """Every cell of every table of the page."""
    return "\n".join(str(value) for table in at.dataframe for value in table.value.astype("str").to_numpy().ravel())


def told(code: str) -> str:
    """The words of a problem up to the first thing that is filled in."""
    return text(f"problem.{code}").partition("{")[0]


def as_markdown(at) -> str:
    """Everything that is shown as Markdown."""
    return "\n".join(
        str(e.value) for kind in ("markdown", "caption", "error", "warning", "success", "info") for e in at.get(kind)
    )


def test_the_worst_files_are_told_and_nothing_is_raised(shared_world):
    at = laid(page("returns"), [(FILES[key].name, FILES[key].made()) for key in WORST])
    found = shown(at)
    for code in ("too-large", "damaged-workbook", "other-format", "password-needed", "damaged-table"):
        assert told(code) in found, code
    assert told("reader-too-large") in found or told("damaged-workbook") in found


def test_a_zip_with_ten_gigabytes_and_a_broken_one_are_told(shared_world):
    declared = zipped([Entry("QMA.xlsx", b"\x03\x00", 10_000_000_000, 0)])
    at = laid(page("returns"), [("all.zip", declared), ("broken.zip", b"PK\x03\x04 no zip"), ("none.zip", zipped([]))])
    found = shown(at)
    for code in ("zip-too-large", "damaged-zip", "zip-without-returns"):
        assert told(code) in found, code


def test_markup_in_a_file_is_shown_as_it_stands(shared_world):
    instrument = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
    form = Form(template(instrument, load_states(sample=True))).header(state=f"{HTML} {MARKDOWN}")
    question = instrument.questions["question"].iloc[0]
    content = form.fill({question: f"{MARKDOWN} {HTML}", (f"question:{question}", "comment"): HTML}).content
    content = repacked(content, {"xl/workbook.xml": lambda xml: xml.replace(b'name="IED"', b'name="&lt;b&gt;**IED**&lt;/b&gt;"')})
    at = laid(page("returns"), [(f"{HTML.replace('/', '')} **b**.xlsx", content)])
    assert told("unknown-state") in shown(at)
    assert HTML not in as_markdown(at) and "](http" not in as_markdown(at) and "**b**" not in as_markdown(at)
