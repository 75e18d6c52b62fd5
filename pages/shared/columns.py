"""How the columns of tables are shown, by their name: a line each, in order. Words for them stand in the texts, as `column.<name>`."""

#: Points of 0-100: one decimal.
POINTS = frozenset(
    [
        "after",
        "before",
        "change",
        "change_high",
        "change_low",
        "difference",
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
        "points",
        "q1",
        "q3",
        "score",
        "score_challenged",
        "score_strict",
        "spread",
        "target",
        "upper",
        "upper_mean",
        "value",
    ]
)

#: Shares of 0-1: whole per cent.
SHARES = frozenset(
    [
        "completeness",
        "coverage",
        "effective",
        "importance",
        "share",
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
