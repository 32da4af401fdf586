"""The national rulebook as TOML files, and the loader that refuses what does not hold."""
