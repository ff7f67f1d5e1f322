"""What goes wrong with the database server, said so that a person can act on it.
Each trouble names what happened, where, and what to do now, in both languages.
"""

from cashlane.values.text import Text


class EngineTroubleError(Exception):
    """The server cannot be made, started or stopped; `what` and `remedy` are for people."""

    def __init__(self, what: Text, remedy: Text) -> None:
        super().__init__(f"{what.en} {remedy.en}\n{what.zh}{remedy.zh}")
        self.what = what
        self.remedy = remedy
