"""The house rules as tests: each says why it exists and the way out where it is broken."""
