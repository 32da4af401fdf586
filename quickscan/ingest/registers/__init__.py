"""Files of registers: layers, shapes and documents, each turned into a table of buildings."""
