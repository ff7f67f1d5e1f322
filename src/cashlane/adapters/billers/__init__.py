"""Ways to ask a biller what is owed."""
