"""The steps that made the tables what they are, oldest first. A step that was released never changes.

A step that makes `answer_history` anew on SQLite (batch mode) also makes its triggers anew: they go with the old table.
"""
