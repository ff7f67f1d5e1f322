"""The rules of the trade, as functions of values. No clock, no chance, no wire."""
