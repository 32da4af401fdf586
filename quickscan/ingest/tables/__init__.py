"""Lists that people keep: rows and cells, the words in them, and what a row says about a building."""
