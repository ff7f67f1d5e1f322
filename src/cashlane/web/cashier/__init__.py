"""The cashier's till page: baskets, receipts, the shift."""
