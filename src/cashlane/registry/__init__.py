"""Outlets, agents, billers and routes as dated facts."""
