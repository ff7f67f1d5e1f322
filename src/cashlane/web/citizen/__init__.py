"""Pages for everybody; all of them work without scripts."""
