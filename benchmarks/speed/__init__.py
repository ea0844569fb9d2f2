"""How fast: rates of the front doors and checkers, apart from how good they are."""
