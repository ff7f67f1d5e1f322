"""Parts of the command line: what commands share, and families of them with a file of their own."""
