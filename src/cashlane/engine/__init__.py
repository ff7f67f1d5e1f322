"""The life of the embedded PostgreSQL."""
