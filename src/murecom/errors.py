"""The errors that murecom raises, sorted by what the caller can do about them.

Libraries raise these; only `cli` and `server` turn them into exit codes and status codes.
A message is one sentence followed by the next step.
"""


class MurecomError(Exception):
    """Anything murecom refuses or fails to do; the message says what to do next."""


class NotFound(MurecomError):
    """Nothing is known by that id, path, name or text."""


class Ambiguous(NotFound):
    """A free text fits several tracks and none stands out.

    Parameters
    ----------
    message : str
        One sentence and the next step.
    choices : sequence
        The candidates, best first, for a numbered list.
    """

    def __init__(self, message: str, choices: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.choices = choices


class BadInput(MurecomError):
    """What the caller gave cannot be used: a damaged file, a value out of range, a wrong format."""


class NotReady(MurecomError):
    """An earlier step is missing: nothing scanned, no model trained, another job holds the lock."""


class Unsupported(MurecomError):
    """A known thing that this build, format or service cannot do."""


class Unreachable(MurecomError):
    """A disk, a server or a network does not answer or refuses to take more."""


class MissingExtra(Unsupported):
    """An optional part is not installed.

    Parameters
    ----------
    extra : str
        Name of the extra, as in ``pip install '.[extra]'`` in the folder of murecom.
    purpose : str
        What it is needed for, to begin the sentence.
    """

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs an optional part. Run in murecom's folder: pip install '.[{extra}]'"
        )
        self.extra = extra


class Paused(Unreachable):
    """A server has asked to wait for longer than anybody wants to sit there.

    Parameters
    ----------
    message : str
        One sentence and the next step.
    until : float
        When it may be asked again, in seconds since 1970.
    """

    def __init__(self, message: str, until: float) -> None:
        super().__init__(message)
        self.until = until


class QuotaSpent(Unreachable):
    """A server will not answer any more, however long one waits: the quota of the key is spent."""
