"""The street itself: inquire, hold, accept, send, chase."""
