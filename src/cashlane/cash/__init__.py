"""Shifts and the cash in the drawer."""
