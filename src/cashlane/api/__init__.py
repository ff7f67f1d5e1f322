"""Messages from agents' machines, turned into asks and answered."""
