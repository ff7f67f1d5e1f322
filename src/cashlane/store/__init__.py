"""The only SQL. Each table family has its file; money has one writer."""
