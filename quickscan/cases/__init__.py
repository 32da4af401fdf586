"""Case files: a business case as a person writes it down, in TOML."""
