"""The steps that made the tables what they are, oldest first. A step that was released never changes."""
