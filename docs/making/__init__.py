"""One module for each generated page, and the drawing of its pictures."""
