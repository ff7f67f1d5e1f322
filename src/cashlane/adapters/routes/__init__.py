"""Ways to carry a payment to a biller."""
