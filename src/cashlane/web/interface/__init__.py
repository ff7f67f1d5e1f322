"""The interface for machines, told to the people who program them."""
