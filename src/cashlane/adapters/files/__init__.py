"""Files that partners hand us or take from us."""
