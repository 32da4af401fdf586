"""Use cases. They know the store and the importers by Protocol (`ports`), and nothing of a screen."""
