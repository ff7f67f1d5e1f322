"""Measuring Cashlane beside yardsticks on the same machine, server and disk."""
