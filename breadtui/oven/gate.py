"""The gate before every /v1 path: the key, the one user, and no slash inside a name."""

import hmac
import re
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from breadtui.oven.recipes import USER
from breadtui.oven.refusals import Refusal, bad_name, forbidden
from breadtui.oven.routes.common import refusal_answer

_OPEN = ("/v1/health",)
_ENCODED_SLASH = re.compile(rb"%2f", re.IGNORECASE)


class Gate:
    """ASGI middleware that lets a request through or refuses it.

    Links to weights carry a signature, no key.
    """

    def __init__(self, app: ASGIApp, *, key: str) -> None:
        self._app = app
        self._expected = f"Bearer {key}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, or hand it on."""
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal:
            await refusal_answer(refusal)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Refusal | None:
        path: str = scope["path"]
        if not path.startswith("/v1/") or path in _OPEN:
            return None
        headers = Headers(scope=scope)
        if not hmac.compare_digest(headers.get("authorization", "").encode(), self._expected):
            return Refusal(401, "UNAUTHORIZED", "Invalid or missing API key")
        raw: bytes = scope.get("raw_path", b"")
        if _ENCODED_SLASH.search(raw):
            # Routing sees the decoded path, in which such a name would be two segments.
            return bad_name("Name contains invalid character: '/'")
        query = parse_qs(scope["query_string"].decode("latin-1"))
        users = {*query.get("user_id", []), *headers.getlist("x-user-id")} - {"", USER}
        if users:
            return forbidden(f"This oven has one user, '{USER}', and no master key to act for another.")
        return None
