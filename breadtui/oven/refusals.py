"""What the oven refuses, with the status, code and words of the contract.

`app` turns a refusal into an answer.
"""


class Refusal(Exception):
    """A request that is answered with an error: the HTTP status, the contract's code and a sentence.

    `retry_after` is a wait to ask for, in seconds.
    """

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.retry_after = retry_after


def invalid(message: str) -> Refusal:
    """400: understood, but something that it needs is missing or does not fit."""
    return Refusal(400, "INVALID_INPUT", message)


def unpaid(message: str) -> Refusal:
    """402: the only way in which money shows in the contract."""
    return Refusal(402, "PAYMENT_REQUIRED", message)


def forbidden(message: str) -> Refusal:
    """403: another user's data, or a signed link that does not hold."""
    return Refusal(403, "FORBIDDEN", message)


def missing(what: str, name: str) -> Refusal:
    """404: `what` is the kind of thing as a person calls it, such as "Target"."""
    return Refusal(404, "RESOURCE_NOT_FOUND", f"{what} '{name}' not found")


def conflict(message: str) -> Refusal:
    """409: it exists with other content, or something depends on it."""
    return Refusal(409, "RESOURCE_CONFLICT", message)


def rehearsed(status: int) -> Refusal:
    """Any other, because the question asked for it."""
    codes = {402: "PAYMENT_REQUIRED", 429: "RATE_LIMITED"}
    code = codes.get(status, "INVALID_INPUT" if status < 500 else "INTERNAL_ERROR")
    return Refusal(status, code, f"Refused with {status}, as the question asked for (a rehearsal)", retry_after=1)


def bad_name(message: str) -> Refusal:
    """422: a name that no resource may have."""
    return Refusal(422, "VALIDATION_ERROR", message)
