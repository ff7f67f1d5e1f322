"""The interface for machines, as its description says and as a stranger would try it."""
