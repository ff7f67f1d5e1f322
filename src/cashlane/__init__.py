"""Cashlane: an over-the-counter cash bill-payment network that stays open."""
