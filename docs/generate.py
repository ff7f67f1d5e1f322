"""x."""
def made(root): return {}
