"""Deterministic simulation: the real rooms over a simulated clock, wire, store and city.

One integer is one run. The world's own books hold the truth; the checkers share no rule with it.
"""
