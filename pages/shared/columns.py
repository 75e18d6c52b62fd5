"""How the columns of tables are shown, by their name: a line each, in order. Words for them stand in the texts, as `column.<name>`."""

#: Points of 0-100: one decimal.
POINTS = frozenset(
    [
        "after",
        "balanced",
        "before",
        "change",
        "change_high",
        "change_low",
        "difference",
        "difference_sides",
        "downstream_at_least",
        "downstream_at_most",
        "downstream_score",
        "gap",
        "gap_high",
        "gap_low",
        "highest",
        "lower",
        "lower_mean",
        "lowest",
        "matched_mean",
        "mean",
        "median",
        "median_gap",
        "na_challenged",
        "national",
        "need_high",
        "need_low",
        "need_points",
        "points",
        "q1",
        "q3",
        "r",
        "r_high",
        "r_low",
        "relaxed",
        "risk_high",
        "risk_least",
        "risk_low",
        "risk_most",
        "score",
        "score_challenged",
        "score_strict",
        "shuffled_high",
        "shuffled_low",
        "spread",
        "target",
        "upper",
        "upper_mean",
        "upstream_at_least",
        "upstream_at_most",
        "upstream_score",
        "value",
    ]
)

#: Shares of 0-1: whole per cent.
SHARES = frozenset(
    [
        "as_large",
        "completeness",
        "coverage",
        "effective",
        "importance",
        "rho",
        "share",
        "switch",
        "within",
    ]
)

#: Columns of long text: width in pixels.
WIDTHS = {
    "detail": 420,
    "label": 360,
    "like": 520,
    "message": 560,
    "name": 190,
    "question_text": 520,
    "reason": 560,
}
