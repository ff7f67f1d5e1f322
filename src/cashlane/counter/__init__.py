"""The counter: what may be asked there and how it is answered, in the words of the wire.

The interface for machines and the pages for people both stand on it, and say the same.
"""
