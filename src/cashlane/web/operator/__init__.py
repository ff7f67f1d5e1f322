"""The operator's window: how the network does at this moment, and everything about one payment."""
