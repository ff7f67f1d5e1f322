"""Planning 规划: which outlets to open or restore first, and how far from the best that can be."""
