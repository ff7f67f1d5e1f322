"""Lists of places as people keep them, one file format each, all read into rows of named cells."""
