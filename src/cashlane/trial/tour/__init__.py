"""The tour of a running demo: four acts, each a button and a command."""
