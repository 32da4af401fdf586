"""What leaves the tool: files and texts."""
