"""The root of what this room refuses. Each error lives beside the code that raises it.

No error of this tree quotes a testimony, a name from one, or a secret: it states the fact and a hint.
"""


class ArchiveError(Exception):
    """Something was refused or could not be done; nothing was half done."""
