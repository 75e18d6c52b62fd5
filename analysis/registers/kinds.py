"""The registers there are."""

from __future__ import annotations

from analysis.registers.bands import cost_bands
from analysis.registers.spec import Column, Register

LESSON_SOURCES = ("incident", "exercise", "operation", "visit", "audit", "other")
LESSON_STEPS = ("recorded", "proposed", "under_way", "made", "rejected")
NEED_TYPES = ("law", "institution", "training", "advice", "systems", "exercise", "awareness", "other")
PRIORITIES = ("high", "medium", "low")
COST_BANDS = ("A", "B", "C", "D", "E")
NEED_STEPS = ("requested", "funded", "under_way", "done", "withdrawn")
OFFER_STEPS = ("open", "committed", "closed")
RECOMMENDATION_STEPS = ("not_started", "under_way", "done", "rejected")
GENDER_MARKERS = ("0", "1", "2", "3")
FEEDBACK_KINDS = ("unclear", "not_applicable_here", "overlaps_another", "missing_option", "translation", "other")
FEEDBACK_STEPS = ("open", "considered", "taken_up", "declined")

_ID = Column("id", "id")
_STATE = Column("iso3", "state", needed=True)

#: What was learnt downstream, and what became of it upstream (scoring.md section 10).
LESSONS = Register(
    "lesson",
    (
        _ID,
        _STATE,
        Column("date", "date", needed=True, past=True),
        Column("measure", "measure", needed=True, measure_type="downstream"),
        Column("source", "choice", needed=True, choices=LESSON_SOURCES, vocabulary="lesson_source"),
        Column("learnt", needed=True),
        Column("upstream", "measures", measure_type="upstream"),
        Column("proposed"),
        Column("made", wanted_for=("made",), instead="date_made"),
        Column("status", "choice", needed=True, choices=LESSON_STEPS, vocabulary="lesson_step"),
        Column("date_made", "date", past=True, not_before="date", only_for=("made",)),
        Column("owner", most=200),
        Column("reason", reason_for="rejected"),
    ),
)

#: What a State asks for (scoring.md section 9).
NEEDS = Register(
    "need",
    (
        _ID,
        _STATE,
        Column("date", "date", past=True),
        Column("need", needed=True),
        Column("need_type", "choice", needed=True, choices=NEED_TYPES, vocabulary="need_type"),
        Column("measures", "measures", needed=True),
        Column("priority", "choice", needed=True, choices=PRIORITIES, vocabulary="priority"),
        Column("cost_band", "choice", choices=COST_BANDS, vocabulary="cost_band", amounts=cost_bands),
        Column("months", "number", least=0, most=240, whole=True),
        Column("beneficiary", most=200),
        Column("plan_link", most=400),
        Column("co_funding", most=200),
        Column("implementer", most=200),
        Column("gender_marker", "choice", choices=GENDER_MARKERS, vocabulary="gender_marker"),
        Column("human_rights_note"),
        Column("status", "choice", needed=True, choices=NEED_STEPS, vocabulary="need_step"),
        Column("provider", most=200, wanted_for=("funded", "under_way", "done")),
    ),
)

#: What somebody offers.
OFFERS = Register(
    "offer",
    (
        _ID,
        Column("provider", needed=True, most=200),
        Column("offer", needed=True),
        Column("measures", "measures"),
        Column("need_types", "choices", choices=NEED_TYPES, vocabulary="need_type"),
        Column("places", "places"),
        Column("date_from", "date"),
        Column("date_to", "date", not_before="date_from", ends="open"),
        Column("ceiling", "number", least=0),
        Column("places_most", "number", least=1, most=500, whole=True),
        Column("eligibility"),
        Column("status", "choice", needed=True, choices=OFFER_STEPS, vocabulary="offer_step"),
    ),
)

#: What a visit recommended, and what became of it.
RECOMMENDATIONS = Register(
    "recommendation",
    (
        _ID,
        _STATE,
        Column("round", "round", needed=True),
        Column("date", "date", past=True),
        Column("recommendation", needed=True),
        Column("measure", "measure", needed=True),
        Column("priority", "choice", needed=True, choices=PRIORITIES, vocabulary="priority"),
        Column("due", "date", not_before="date"),
        Column("status", "choice", needed=True, choices=RECOMMENDATION_STEPS, vocabulary="recommendation_step"),
        Column("reason", reason_for="rejected"),
        Column("observations"),
    ),
)

#: The level a State has set itself for a measure, by round, with who set it.
TARGETS = Register(
    "target",
    (
        _STATE,
        Column("round", "round", needed=True),
        Column("measure", "measure", needed=True),
        Column("level", "level", needed=True),
        Column("set_by", needed=True, most=200),
        Column("date", "date", past=True),
        Column("plan_link", most=400),
    ),
    key=("iso3", "round", "measure"),
)

#: How large the threat is held to be, by whoever says so: the weight of a gap (scoring.md section 9). Empty lists stand for all.
THREATS = Register(
    "threat",
    (
        _ID,
        Column("submodules", "submodules"),
        Column("places", "places"),
        Column("threat", "number", needed=True, least=0, most=1),
        Column("source", needed=True, most=400),
        Column("date", "date", needed=True),
        Column("set_by", most=200),
    ),
)

#: What a State says about a question, for the instrument's next revision: the guidelines are a living document (scoring.md section 11).
FEEDBACK = Register(
    "feedback",
    (
        _ID,
        _STATE,
        Column("question", "question", needed=True),
        Column("date", "date", past=True),
        Column("feedback_kind", "choice", needed=True, choices=FEEDBACK_KINDS, vocabulary="feedback_kind"),
        Column("comment", needed=True),
        Column("proposed_wording"),
        Column("status", "choice", needed=True, choices=FEEDBACK_STEPS, vocabulary="feedback_step"),
    ),
)

#: What happened, counted by somebody else: a series to hold the scores beside (scoring.md section 10 d). It belongs to one page and is no
#: register of the returns desk.
OUTCOMES = Register(
    "outcome-series",
    (
        _STATE,
        Column("year", "number", needed=True, least=1900, most=2200, whole=True, past=True),
        Column("value", "number", needed=True),
        Column("source", needed=True, most=200),
    ),
    key=("iso3", "year"),
)

PACKAGE_STEPS = ("offered", "withdrawn")

#: A kind of assistance package: what it would lift, what it costs, how long it takes (scoring.md section 9). It belongs to the page of
#: portfolios and is no register of the returns desk; the shipped ones stand in data/packages.
PACKAGES = Register(
    "package",
    (
        _ID,
        Column("package", needed=True, most=200),
        Column("measures", "measures", needed=True),
        Column("lift", "number", needed=True, least=0, most=100),
        Column("also", "measures"),
        Column("lift_also", "number", least=0, most=100),
        Column("cost_band", "choice", needed=True, choices=COST_BANDS, vocabulary="cost_band", amounts=cost_bands),
        Column("cost", "number", least=0, most=1_000_000),
        Column("months", "number", least=0, most=240, whole=True),
        Column("prerequisites", most=400),
        Column("places", "places"),
        Column("status", "choice", needed=True, choices=PACKAGE_STEPS, vocabulary="package_step"),
    ),
)

REGISTERS = {register.kind: register for register in (LESSONS, NEEDS, OFFERS, RECOMMENDATIONS, TARGETS, THREATS, FEEDBACK)}
