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
        "high",
        "highest",
        "lead",
        "least",
        "least_open",
        "like_rest",
        "low",
        "lower",
        "lower_mean",
        "lowest",
        "matched_mean",
        "mean",
        "mean_shown",
        "median",
        "median_gap",
        "most",
        "most_open",
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
        "chance",
        "completeness",
        "coverage",
        "effective",
        "importance",
        "share",
        "share_all",
        "share_all_half",
        "share_alone",
        "share_alone_half",
        "within",
    ]
)

#: Columns of long text: width in pixels.
WIDTHS = {
    "detail": 420,
    "label": 360,
    "like": 520,
    "message": 560,
    "moved": 360,
    "name": 190,
    "question_text": 520,
    "reason": 560,
}
