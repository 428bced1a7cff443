"""The two ways in which work can fail, and what each means for the stage that failed."""


class AppError(Exception):
    """A failure that DelAuto foresees. Its message says what happened and what to do."""


class TransientError(AppError):
    """The same work may succeed later: the document stays as it is and the sweep re-offers it."""


class PermanentError(AppError):
    """Trying again cannot help: the stage ends the work and a person is told why."""
