"""The outside world, one file per counterpart or format."""
