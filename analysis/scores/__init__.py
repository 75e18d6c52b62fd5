"""Panel -> scores: roll-up with its gates, bounds, levels, weights. `scoring.md` sections 1 to 4."""
