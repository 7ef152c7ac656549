"""Every error that Wherefrom raises on purpose; a message names the input, what was found and what to do."""

from __future__ import annotations


class WherefromError(Exception):
    """Base of all deliberate errors.

    `attributes` carries what a program may want (url, path, line, expected, actual, span); the
    message alone must be enough for a person.
    """

    code = "error"

    def __init__(self, message: str, **attributes: object) -> None:
        super().__init__(message)
        self.message = message
        self.attributes = attributes


class InputError(WherefromError):
    """An input could not be fetched, was refused, or could not be read (exit 3)."""

    code = "input_unreadable"


class FetchError(InputError):
    """An address was refused or could not be fetched (exit 3)."""

    code = "fetch_failed"


class LimitError(InputError):
    """An input is over a limit of size, time, depth or count (exit 3)."""

    code = "over_limit"


class LanguageError(InputError):
    """A text is not in a language that Wherefrom reads (an issue of the run, never "0 claims")."""

    code = "language_not_supported"


class RegistryError(WherefromError):
    """One or more faults in source files; `faults` holds them all, each with file, line and key (exit 4)."""

    code = "registry_invalid"

    def __init__(self, faults: tuple[str, ...]) -> None:
        count = len(faults)
        lines = "\n".join(f"  {fault}" for fault in faults)
        noun = "fault" if count == 1 else "faults"
        super().__init__(f"{count} {noun} in the source files:\n{lines}", faults=faults)
        self.faults = faults


class StoreError(WherefromError):
    """The knowledge base is missing, damaged, locked or of another version (exit 4)."""

    code = "store_unusable"


class NotFoundError(WherefromError):
    """An id that the knowledge base doesn't hold (exit 3 on the command line, 404 in the API)."""

    code = "not_found"


class WriteError(WherefromError):
    """Nothing could be written: disk full, no permission (exit 5)."""

    code = "write_failed"
