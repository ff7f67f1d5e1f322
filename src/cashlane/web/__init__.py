"""The pages, one room for each kind of people who use them."""
