"""A trial: the synthetic city on this network, from its charter to a whole day of its people."""
