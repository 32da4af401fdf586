"""Days that the law or custom sets, from a package that keeps them up to date."""
