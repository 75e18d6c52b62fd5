"""What is missing and what to do first: gaps now, ranking and portfolios later."""
