"""Keeps workspaces, facts, answers and their history in SQLite or PostgreSQL; start at `database.open_store`."""
