"""The returns desk: what is read is shown before it is stored; stored once; and every file comes back as it came."""

from analysis import desk
from analysis.instrument import DEFAULT_INSTRUMENT, SHIPPED, load_instrument
from analysis.registers import TARGETS
from analysis.states import load_states
from analysis.store import open_store
from analysis.texts import counted, text
from analysis.workbook.template import template
from tests.pages.conftest import PARTS, WORLD, choose, constant_return, page, param, said, sound, table
from tests.workbook.forms import Form

INSTRUMENT = load_instrument(SHIPPED / DEFAULT_INSTRUMENT)
HELD = len(WORLD)


def workbook(iso3: str, codes=(2, 2, 2, 2, 2, 2), **changed: object) -> bytes:
    """A completed workbook; `changed`: what stands in the answer cell of a question instead."""
    value = constant_return(INSTRUMENT, (iso3, "", "2026", "self"), dict(zip(PARTS, codes, strict=True)))
    form = Form(template(INSTRUMENT, load_states(sample=True), answers=value))
    return form.fill({question.replace("_", "."): found for question, found in changed.items()}).content


def laid(at, name: str, content: bytes):
    """The desk with a file on it."""
    at.file_uploader[0].upload(name, content)
    return sound(at.run())


def opened(at, section: str):
    """The desk with another of its sections open."""
    at.session_state["desk.tabs"] = text(f"returns.{section}.title")
    return sound(at.run())


def test_the_history_counts_what_is_in_the_store(shared_world):
    at = opened(page("returns"), "history")
    assert counted("returns.history.count", HELD) in said(at)
    assert len(table(at, "returns")) == HELD
    assert table(at, "returns")["name"].iloc[0] == "Larch"  # newest first


def test_a_file_is_shown_stored_and_recognised_when_it_comes_again(own_world):
    content = workbook("QMX", IED_U1_1="Mostly")
    at = laid(page("returns"), "awl.xlsx", content)
    row = table(at, "arrivals").iloc[0]
    asked = len(INSTRUMENT.questions)
    assert (row["name"], row["round"], row["repairs"]) == ("Awl", "2026", 1)
    assert row["filled"] == f"{asked - 1} of {asked} answered, 1 {text('status.invalid').lower()}"
    problems = table(at, "problems")
    assert problems[["sheet", "found"]].values.tolist()[0] == ["IED", "Mostly"]  # what is to be repaired stands before the notes
    assert problems["cell"].iloc[0] == Form(content).cells["question:IED.U1.1", "answer"][1]
    assert len(open_store(desk.source("demo").url).returns()) == HELD  # nothing is stored before the button

    at.button(key="commit").click()
    sound(at.run())
    assert at.success[0].value == counted("returns.done", 1)
    at = opened(at, "history")
    assert len(table(at, "returns")) == HELD + 1 and table(at, "returns")["name"].iloc[0] == "Awl"
    assert open_store(desk.source("demo").url).original(HELD + 1) == ("awl.xlsx", content)

    at = laid(at, "awl-again.xlsx", content)
    assert table(at, "refused")["outcome"].iloc[0] == text("outcome.already")
    assert at.button(key="commit").disabled


def test_the_score_of_a_stored_return_stands_on_the_page_of_its_state(own_world):
    at = laid(page("returns"), "awl.xlsx", workbook("QMX", (5, 4, 3, 2, 1, 0)))
    at.button(key="commit").click()
    sound(at.run())
    lines = said(page("country", country="QMX"))
    best, worst = INSTRUMENT.node_name("IED.U"), INSTRUMENT.node_name("SALW.D")
    assert any(f"{best} (100.0)" in line and f"{worst} (0.0)" in line for line in lines)


def test_a_file_nobody_can_read_is_said_so_and_cannot_be_stored(shared_world):
    at = laid(page("returns"), "notes.xlsx", b"these are my notes")
    assert table(at, "refused")["outcome"].tolist() == [text("outcome.cannot")]
    assert counted("returns.not_ready", 1) in said(at)
    assert at.button(key="commit").disabled


def test_a_real_state_does_not_enter_the_demonstration(shared_world):
    form = Form(workbook("QMX")).fill({("field:state", "value"): "KEN"})
    at = laid(page("returns"), "elsewhere.xlsx", form.content)
    assert table(at, "refused")["outcome"].tolist() == [text("outcome.cannot")]


def test_a_return_of_the_history_shows_its_problems_and_who_answered(shared_world):
    at = opened(page("returns"), "history")
    number = next(i + 1 for i, unit in enumerate(WORLD) if unit[0] == "QMG")
    at = choose(at, "return", number)
    assert param(at, "return") == str(number)
    assert table(at, f"problems-{number}")["found"].tolist() == ["Mostly"]
    at = choose(at, "return", 1)
    assert any(line.startswith("Office of *records*") for line in said(at))


def test_an_address_opens_a_return_of_the_history(shared_world):
    number = next(i + 1 for i, unit in enumerate(WORLD) if unit[0] == "QMG")
    assert page("returns", **{"return": str(number)}).get_by_key("w.return").value == number


def test_a_sub_module_narrows_the_questionnaire(shared_world):
    at = choose(opened(page("returns"), "out"), "submodule", "uas")
    assert param(at, "submodule") == "uas"


def test_what_cannot_be_stored_stays_on_the_desk_when_the_rest_is_stored(own_world):
    at = page("returns")
    at.file_uploader[0].upload("awl.xlsx", workbook("QMX")).upload("notes.xlsx", b"these are my notes")
    at = sound(at.run())
    at.button(key="commit").click()
    at = sound(at.run())
    assert at.success[0].value == counted("returns.done", 1)
    left = table(at, "refused")[["file", "outcome"]].values.tolist()
    assert left == [["awl.xlsx", text("outcome.already")], ["notes.xlsx", text("outcome.cannot")]]
    assert at.button(key="commit").disabled


def test_a_name_to_confirm_is_asked_and_read_again(own_world):
    form = Form(workbook("QMH")).fill({("field:state", "value"): "Larche"})
    at = laid(page("returns"), "larch.xlsx", form.content)
    assert counted("returns.asks", 1) in said(at) and table(at, "refused")["file"].tolist() == ["larch.xlsx"]
    (asked,) = [box for box in at.selectbox if box.label == text("returns.state.label", found="Larche")]
    assert asked.value == "QMH"  # the suggestion stands first, and is not taken by itself
    next(b for b in at.button if b.label == text("returns.state.button")).click()
    at = sound(at.run())
    assert table(at, "arrivals")["name"].tolist() == ["Larch"]
    assert "Larche" in table(at, "problems")["found"].tolist()  # a note of the return says that somebody confirmed it


def test_another_register_keeps_its_tab_open_and_what_lies_in_it(shared_world):
    at = opened(page("returns"), "registers")
    for kind in ("need", "lesson", "offer"):
        at = choose(at, "register", kind)
        tabs = {tab.label: tab.proto for tab in at.tabs}
        assert at.session_state["desk.tabs"] == text("returns.registers.title") and len(tabs) >= 4
        assert at.session_state["desk.linked"] == "in"  # the tabs' own default never changes under the reader
    at = page("returns", register="lesson")
    assert at.session_state["desk.linked"] == "registers"
    at = choose(at, "register", "need")
    assert at.session_state["desk.linked"] == "registers" and param(at, "register") == "need"


def plan(*levels: tuple[str, object]) -> bytes:
    """The form of targets with Awl's own plan for 2028: (measure, level) each."""
    rows = [{"iso3": "QMX", "round": "2028", "measure": m, "level": level, "set_by": "Cabinet"} for m, level in levels]
    return desk.register_form(desk.open_desk(sample=True), TARGETS, INSTRUMENT.id, rows)


def test_a_states_own_plan_is_laid_on_the_desk_with_its_return_and_both_are_kept(own_world):
    at = page("returns")
    at.file_uploader[0].upload("awl.xlsx", workbook("QMX")).upload("plan.xlsx", plan(("IED.U1", 4), ("IED.U2", 5)))
    at = sound(at.run())
    assert table(at, "arrivals")["name"].tolist() == ["Awl"] and counted("returns.asks", 1) not in said(at)
    shown = table(at, "register-read-target-desk-0")
    assert shown[["name", "measure", "level", "set_by"]].values.tolist() == [
        ["Awl", "IED.U1", 4, "Cabinet"],
        ["Awl", "IED.U2", 5, "Cabinet"],
    ]
    store = open_store(desk.source("demo").url)
    assert len(store.records("target")) == 0  # nothing is kept before the button
    at.button(key="registers.keep.target-desk-0").click()
    at = sound(at.run())
    assert counted("registers.kept", 2) in [one.value for one in at.success]
    assert [body["set_by"] for body in store.records("target")["body"]] == ["Cabinet", "Cabinet"]
    at.button(key="commit").click()
    at = sound(at.run())
    assert at.success[0].value == counted("returns.done", 1) and not at.get("expander")  # the desk is clear


def test_a_plan_whose_rows_nobody_has_kept_stays_on_the_desk(own_world):
    at = page("returns")
    at.file_uploader[0].upload("plan.xlsx", plan(("IED.U1", 4))).upload("awl.xlsx", workbook("QMX"))
    at = sound(at.run())
    at.button(key="commit").click()
    at = sound(at.run())
    assert at.success[0].value == counted("returns.done", 1)
    assert len(table(at, "register-read-target-desk-0")) == 1 and at.button(key="registers.keep.target-desk-0")


def test_a_wrong_cell_of_a_plan_is_told_on_the_desk_and_the_form_alone_is_enough(own_world):
    at = laid(page("returns"), "plan.xlsx", plan(("IED.U1", 4), ("IED.U1", 5)))
    assert table(at, "register-problems-target-desk-0")[["sheet", "cell"]].values.tolist() == [["Targets", "A5"]]
    assert counted("registers.left", 1) in said(at) and "commit" not in [b.key for b in at.button]
