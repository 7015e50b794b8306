"""Pages of reports, cases and items: fetch through a guard, validate, call one service, answer."""
