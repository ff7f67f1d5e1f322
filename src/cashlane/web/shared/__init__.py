"""What every page has: headers that forbid, and papers."""
