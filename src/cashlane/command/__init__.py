"""Parts of the command line: what its commands share, and families of them in files of their own."""
