"""Every widget key of the app, and its bond with the URL: a link reopens the same view.

Only codes travel in the URL. Streamlit's own `bind="query-params"` writes the label a reader sees (the name of a
State), so the bond is made here: the URL is adopted when it changes by navigation, and written when a widget changes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Container, Mapping, Sequence

import streamlit as st

from analysis.texts import percent as percent_words
from analysis.texts import text
from pages.shared import address

#: Key -> whether it holds several values. The key is the name in the URL.
KEYS: Mapping[str, bool] = {
    "store": False,
    "instrument": False,
    "round": False,
    "reading": False,
    "region": False,
    "submodule": False,
    "type": False,
    "lens": False,
    "country": False,
    "organization": False,
    "countries": True,
    "node": False,
    "measure": False,
    "question": False,
    "target": False,
    "show": False,
    "rule": False,
    "aggregator": False,
    "whatif": False,
    "register": False,
    "return": False,
    "step": False,
    "rho": False,
    "gamma": False,
    "least": False,
    "eu": False,
    "ed": False,
    "lag": False,
    "draws": False,
    "seed": False,
    "sources": True,
    "ranking": False,
    "pivot": False,
    "group": False,
    "box": False,
    "against": False,
    "budget": False,
    "worth": False,
    "each": False,
    "ceiling": False,
    "favour": False,
    "favour_share": False,
    "least_share": False,
    "flagged": True,
    "must": True,
    "never": True,
    "saved": True,
    "cheapest": False,
    "doing": True,
    "weights": False,
    "weights_before": False,
    "experts": False,
    "reworded": False,
    "beside": False,
    "evidence": False,
    "differ": False,
    "groups": False,
    "since": False,
    "chain": True,
    "wanted": False,
    "by": False,
    "fit": False,
    "status": False,
}
LAG = 2.0  # seconds a browser may take to follow what was written into the URL
#: Choices among what people wrote or named. In a file they stay codes.
_WRITTEN = frozenset({"organization", "return", "saved"})
_NONE = "-"  # an emptied choice of several, apart from its default


def _encoded(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value)) or _NONE
    return str(value)


def _decoded(raw: str, options: Sequence, many: bool) -> object:
    """What the URL's text stands for among the options; the text itself where it is none of them."""
    known = {_encoded(option): option for option in options}
    if not many:
        return known.get(raw, raw)
    return [] if raw == _NONE else [known.get(part, part) for part in raw.split(",")]


def settle(page: str) -> None:
    """Write what the reader has just changed into the URL, before anything on the page makes a link from it."""
    st.session_state["arrived"] = st.session_state.get("page") != page
    address.arrive(anew=st.session_state["arrived"])
    st.session_state["page"], st.session_state["chosen"], st.session_state["chosen.words"] = page, {}, {}
    for key in KEYS:
        widget, default = st.session_state.get(f"w.{key}"), st.session_state.get(f"default.{key}")
        if f"w.{key}" in st.session_state and not _navigated(key):
            _publish(key, _times(widget, 1 / st.session_state.get(f"times.{key}", 1)), default)


def _navigated(key: str) -> bool:
    """Whether the URL says something else than what was last written there.

    A browser that has not followed the last writing yet still says what stood there before: that is two quick choices, no navigation.
    """
    raw = st.query_params.get(key)
    before, when = st.session_state.get(f"before.{key}", (None, -LAG))
    late = raw == before and time.monotonic() - when < LAG
    return raw != st.session_state.get(f"seen.{key}") and not late


def named(key: str, options: Sequence) -> bool:
    """Whether the URL says one of some options for a key, drawn on the page or not."""
    return st.query_params.get(key) in set(map(_encoded, options))


def asked(key: str, options: Container[str]) -> str:
    """The code that the URL says for a key, where it is one of some options; "" for any other and for none."""
    raw = st.query_params.get(key, "")
    return raw if raw and raw in options else ""


def arrived() -> bool:
    """Whether this is the first run of a page since the reader was on another one."""
    return st.session_state["arrived"]


def _publish(key: str, value: object, default: object) -> None:
    before = st.query_params.get(key)
    if value is None or value == default:
        if key in st.query_params:
            del st.query_params[key]
    elif st.query_params.get(key) != _encoded(value):
        st.query_params[key] = _encoded(value)
    st.session_state[f"seen.{key}"] = st.query_params.get(key)
    if before != st.query_params.get(key):
        st.session_state[f"before.{key}"] = (before, time.monotonic())


def link(**changes: object) -> dict[str, str]:
    """The present view's URL parameters with some changed; None takes one out."""
    here = st.query_params.to_dict()  # once: each look at the parameters costs, and a menu has twenty links
    params = {key: here[key] for key in KEYS if key in here}
    for key, value in changes.items():
        params.pop(key, None)
        if value is not None:
            params[key] = _encoded(value)
    return params


def chosen() -> dict[str, str]:
    """What is chosen on the present page so far, by code: key -> as it would stand in the URL, also where that is the default."""
    return {key: _encoded(value) for key, value in st.session_state.get("chosen", {}).items()}


def chosen_words() -> dict[str, tuple[str, Callable[[], str]]]:
    """The same in the words of the page: key -> (what the control is called, what says its choice). What people named or wrote is not among it."""
    return {key: told for key, told in st.session_state.get("chosen.words", {}).items() if key not in _WRITTEN}


def _told(key: str, value: object, default: object, say: Callable[[], str], label: str = "") -> None:
    """What a control of the page says now: into the URL, and among what is chosen on the page. say: the value in words, on demand."""
    st.session_state.setdefault("chosen", {})[key] = value
    st.session_state.setdefault("chosen.words", {})[key] = (label, say)
    _publish(key, value, default)


def put(key: str, value: object) -> None:
    """Choose for the reader, who has just said so elsewhere on the page (a row of a table). Before the widget is drawn."""
    st.session_state[f"w.{key}"] = value


def navigated(*keys: str) -> bool:
    """Whether an address that has just been opened, and no choice on the page, says what the URL says now for some keys."""
    return any(map(_navigated, keys))


def _held(key: str, default: Sequence = ()) -> list[str]:
    """What a choice of several holds before its widget is drawn, options or not: the address where it was opened, else the widget."""
    widget, raw = st.session_state.get(f"w.{key}"), st.query_params.get(key)
    if widget is None or _navigated(key):
        return list(default) if raw is None else _decoded(raw, (), True)
    return list(widget)


def forget(key: str) -> None:
    """Let a control that is not on the page in view begin anew, with its default of then."""
    st.session_state.pop(f"w.{key}", None)
    _publish(key, None, None)


def _adopt(key: str, options: Sequence, default: object, stays: bool = False, quiet: Sequence = ()) -> None:
    """Bring the URL's value into the widget where navigation changed it, and repair a value that is no option (any more).

    What the URL asks for and the options do not hold is told on the page. quiet: what asks for nothing, as the usual choice of other pages.

    A widget that nobody has touched follows its default. To Streamlit the same key on another page is another widget, which would begin
    anew: so the value is written again on the first run of a page, and only then (each writing could undo a choice made meanwhile).
    """
    many, state, widget = KEYS[key], st.session_state, f"w.{key}"
    raw, allowed = st.query_params.get(key), set(options)
    value = state.get(widget)
    if widget not in state or _navigated(key):
        value = default if raw is None else _decoded(raw, options, many)
        address.asked(key, raw, missed=bool(raw) and raw not in quiet and not _found(value, allowed))
    elif raw is None and value == state.get(f"default.{key}") and not stays:
        value = default
    if many:
        kept = [v for v in dict.fromkeys(value or []) if v in allowed]  # a code that stands twice is one choice
        value = kept if kept or not value else list(default)
    elif value not in allowed:
        value = default
    if widget not in state or state[widget] != value or state.get(f"page.{key}") != state["page"]:
        state[widget] = value
    state[f"page.{key}"], state[f"default.{key}"] = state["page"], default


def _found(value: object, allowed: Container) -> bool:
    """Whether a choice, or each of several, is allowed."""
    return all(one in allowed for one in value) if isinstance(value, list) else value in allowed


def one(
    key: str,
    options: Sequence,
    default: object,
    words: Callable[[object], str] = str,
    *,
    kind: str = "list",
    help: str | None = None,
    label: str = "",
    stays: bool = False,
    known: Callable[[str], str] | None = None,
    quiet: Sequence = (),
) -> object:
    """One of several options, by code.

    kind: `list` (drop-down) or `buttons` (all options in sight). label: in place of the key's own. stays: what nobody has touched keeps
    its value also when the default changes. known: the words for a code that is known and no option here, "" for any other: so that what the URL
    asks for in vain can be named. quiet: codes of the URL that ask for nothing here.
    """
    _adopt(key, options, default, stays, quiet)
    settings = {"format_func": words, "key": f"w.{key}", "help": help}
    label = label or text(f"control.{key}")
    if kind == "buttons":
        value = st.radio(
            label, options, horizontal=True, **settings
        )  # the words keep the text's colour, so they can be read in the dark
    else:
        value = st.selectbox(label, options, **settings)
    value = value if value in set(options) else default  # the browser's limits are no limits
    _told(key, value, default, lambda: words(value), label)
    address.shown(key, label, value, lambda: words(value), known)
    return value


def only(key: str, value: str, words: str, *, known: Callable[[str], str] | None = None, quiet: Sequence = ()) -> str:
    """The one choice there is, for which no control is drawn; where the URL asks for another, that is told.

    words: the choice in words. known, quiet: as in `one`.
    """
    raw = st.query_params.get(key)
    address.asked(key, raw, missed=bool(raw) and raw != value and raw not in quiet)
    address.shown(key, text(f"control.{key}"), value, lambda: words, known)
    return value


def expect(key: str, options: Sequence) -> None:
    """Tell where the URL says for a key none of some options, also where the control of it is not drawn on this part of the page."""
    raw = st.query_params.get(key)
    if raw:
        address.asked(key, raw, missed=raw not in set(map(_encoded, options)))
        address.shown(key, text(f"control.{key}"), "", lambda: "", None)


def several(
    key: str,
    options: Sequence,
    default: Sequence,
    words: Callable[[object], str] = str,
    *,
    most: int | None = None,
    also: Callable[[str], bool] | None = None,
    written: bool = False,
    known: Callable[[str], str] | None = None,
) -> list:
    """Some of several options, by code.

    written: the address says the choice also where it is the default, because the default becomes another one when something is kept.
    also: what is chosen already and is none of the options stays where this is true of it, and only then goes to the browser. known: as in
    `one`.
    """
    if also:
        offered = set(options)
        options = [*options, *dict.fromkeys(code for code in _held(key, default) if code not in offered and also(code))]
    _adopt(key, options, list(default))
    if written:
        st.session_state[f"default.{key}"] = None
    value = st.multiselect(
        text(f"control.{key}"), options, format_func=words, key=f"w.{key}", max_selections=most, select_all=False
    )
    value = [v for v in value if v in set(options)][:most]
    _told(key, value, None if written else list(default), lambda: "; ".join(map(words, value)) or text("about.nothing"))
    said = st.query_params.get(key) is not None
    address.shown(
        key, text(f"control.{key}"), value, lambda: "; ".join(map(words, value)), known and _each(known, options), some=said
    )
    return value


def _each(known: Callable[[str], str], options: Sequence) -> Callable[[str], str]:
    """The words for those of several codes that are known and no options."""
    here = set(map(_encoded, options))
    return lambda raw: ", ".join(filter(None, (known(part) for part in dict.fromkeys(raw.split(",")) if part not in here)))


def slider(
    key: str, default: float | tuple[float, float], least: float, most: float, *, step: float, label: str = "", help: str | None = None,
    format: str | None = None, percent: bool = False,
) -> float | tuple[float, float]:  # fmt: skip
    """A number from `least` to `most`, or a range of two where the default is one; what the URL says outside of that is brought inside.

    percent: a share, which the slider shows and holds as per cent (`25 %`); it is given and travels as 0.25.
    """
    state, widget, times = st.session_state, f"w.{key}", 100 if percent else 1
    state[f"times.{key}"] = times  # what else writes the widget's value into the URL must know of it
    value, raw = _times(state.get(widget), 1 / times), st.query_params.get(key)
    if widget not in state or _navigated(key):
        value = default if raw is None else _numbers(raw, default)
        address.asked(key, raw, missed=bool(raw) and not _usable(raw, default, least, most))
    elif raw is None and value == state.get(f"default.{key}"):
        value = default
    value = _times(_between(value, default, least, most), times)
    if widget not in state or state[widget] != value or state.get(f"page.{key}") != state["page"]:
        state[widget] = value
    state[f"page.{key}"], state[f"default.{key}"] = state["page"], default
    value = st.slider(
        label or text(f"control.{key}"), min_value=_times(least, times), max_value=_times(most, times), step=_times(step, times), key=widget,
        help=help, format="%.0f %%" if percent else format,
    )  # fmt: skip
    value = _between(_times(value, 1 / times), default, least, most)  # the browser's limits are no limits
    _told(key, value, default, lambda: _range_words(value, percent), label)
    address.shown(key, label or text(f"control.{key}"), value, lambda: _range_words(value, percent), None)
    return value


def _range_words(value: float | tuple[float, float], share: bool) -> str:
    """A number of a slider, or both of a range, as they stand beside it."""
    ends = value if isinstance(value, tuple) else (value,)
    return " - ".join(percent_words(end) if share else f"{end:,}" for end in ends)


def _times(value: object, times: float) -> object:
    """A number, or both of a range, so many times as large; what is neither, and any number once, as it is."""
    if value is None or times == 1:
        return value
    return tuple(round(one * times, 9) for one in value) if isinstance(value, (tuple, list)) else round(value * times, 9)


def number(
    key: str,
    default: float,
    least: float,
    most: float,
    *,
    step: float = 1,
    label: str = "",
    help: str | None = None,
    zero: str = "",
) -> float:
    """A number from `least` to `most`, whole where the default is; what the URL says outside of that is the default.

    zero: what 0 means, where it is no amount; for what leaves.
    """
    state, widget, kind = st.session_state, f"w.{key}", type(default)
    value, raw = state.get(widget), st.query_params.get(key)
    if widget not in state or _navigated(key):
        value = _number(raw, kind, default)
        address.asked(key, raw, missed=bool(raw) and not _usable(raw, default, least, most))
    elif raw is None and value == state.get(f"default.{key}"):
        value = default
    if value is None or not least <= value <= most:
        value = default
    if widget not in state or state[widget] != value or state.get(f"page.{key}") != state["page"]:
        state[widget] = value
    state[f"page.{key}"], state[f"default.{key}"] = state["page"], default
    value = st.number_input(
        label or text(f"control.{key}"), min_value=kind(least), max_value=kind(most), step=kind(step), key=widget, help=help
    )
    value = value if value is not None and least <= value <= most else default  # the browser's limits are no limits
    _told(key, value, default, lambda: zero if zero and not value else f"{value:,}", label)
    address.shown(key, label or text(f"control.{key}"), value, lambda: zero if zero and not value else f"{value:,}", None)
    return value


def _usable(raw: str, default: float | tuple[float, float], least: float, most: float) -> bool:
    """Whether the URL says a number, or the two of a range, between two ends."""
    ends = default if isinstance(default, tuple) else (default,)
    try:
        return all(least <= type(end)(part) <= most for end, part in zip(ends, raw.split(","), strict=True))
    except ValueError:
        return False


def _numbers(raw: str, default: float | tuple[float, float]) -> float | tuple[float, float]:
    """The number of the URL, or its two; the default where it says none."""
    ends = default if isinstance(default, tuple) else (default,)
    parts = raw.split(",")
    try:
        found = tuple(type(end)(part) for end, part in zip(ends, parts, strict=True))
    except ValueError:
        return default
    return found if isinstance(default, tuple) else found[0]


def _between(value: object, default: float | tuple[float, float], least: float, most: float) -> float | tuple[float, float]:
    """A number, or a range in order, brought between two ends; the default, brought there too, for anything else."""
    several = isinstance(default, tuple)
    numbers = list(value) if several and isinstance(value, (tuple, list)) else [value]
    ends = list(default) if several else [default]
    usable = len(numbers) == len(ends) and all(isinstance(n, (int, float)) and math.isfinite(n) for n in numbers)
    found = sorted(min(max(n, least), most) for n in (numbers if usable else ends))
    return tuple(found) if several else found[0]


def _number(raw: str | None, kind: type, default: float) -> float:
    """A number of the URL; the default where it says none."""
    try:
        return default if raw is None else kind(raw)
    except ValueError:
        return default
