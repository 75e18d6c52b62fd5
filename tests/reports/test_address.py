"""What is asked for in vain by an address, in one sentence."""

from analysis.reports.address import Missed, missed_sentence

HEAD = "The address asks for "


def test_nothing_asked_for_in_vain_is_no_sentence():
    assert missed_sentence([]) == ""


def test_one_choice_is_told_with_what_is_shown_and_named_only_where_it_is_known():
    tail = " that this page does not offer; shown instead: Awl."
    assert missed_sentence([Missed("State", "", "Awl")]) == HEAD + "a choice under “State”" + tail
    assert missed_sentence([Missed("State", "Burl", "Awl")]) == HEAD + "a choice under “State” (Burl)" + tail


def test_a_control_out_of_sight_and_a_choice_of_several_are_told_in_their_own_words():
    assert missed_sentence([Missed("Measure", "", "")]) == (
        HEAD + "a choice under “Measure” that this page does not offer; it is left out."
    )
    assert missed_sentence([Missed("States to compare", "Burl", "Awl; Adze", some=True)]) == (
        HEAD
        + "choices under “States to compare” (Burl) that this page does not offer, at least in part; what is shown: Awl; Adze."
    )


def test_several_controls_are_one_sentence():
    found = missed_sentence([Missed("State", "Burl", "Awl"), Missed("Round", "", "2026"), Missed("Part", "", "x")])
    assert found == (
        HEAD + "choices under “State” (Burl), “Round” and “Part” that this page does not offer; these controls show their usual "
        "choice, or what is left of the one asked for."
    )
