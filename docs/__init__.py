"""The documents, and the programs that make the generated ones among them."""
