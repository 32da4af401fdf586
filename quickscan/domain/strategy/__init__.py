"""A portfolio as a whole: families that can be built as a series, five routes per complex, and homes per buurt."""
