from django.utils.functional import Promise


class Refused(Exception):
    """A no that the user may read: the sentence says what to do instead. Never carries clinical text."""

    def __init__(self, message: str | Promise, *, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return str(self.message)
