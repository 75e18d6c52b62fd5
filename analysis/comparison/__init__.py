"""Scores set side by side: rounds of one State, States of a group. Nothing is compared that is not comparable."""
