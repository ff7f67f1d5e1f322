"""Simulated billers, routes, bank and chain hosts, as servers with books of their own."""
