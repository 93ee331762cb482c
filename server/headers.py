"""The security headers of both sites, on every answer, errors and static files included.

Sources: W3C CSP Level 3 and Trusted Types; OWASP Secure Headers Project.
"""

from __future__ import annotations

from flask import Flask, Response, abort, request

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
SPEAKING = HEADERS["Permissions-Policy"].replace("microphone=()", "microphone=(self)")
"""The same of the one page on which a person may speak."""


def policy(*, forms: bool, trusted_types: str | None = None) -> str:
    """The content security policy: our own scripts, styles and pictures, and nothing inline.

    Text becomes neither markup nor code: *trusted_types* names the one policy that a script may make, if any.
    """
    rules = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "form-action 'self'" if forms else "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    named = trusted_types or "'none'"
    rules += ["require-trusted-types-for 'script'", f"trusted-types {named}"]
    return "; ".join(rules)


def protect(
    app: Flask, *, forms: bool, trusted_types: str | None = None, speaking: str | None = None
) -> None:
    """Set the headers on every answer of *app*. *forms* allows a form that submits to the site itself.

    The page at the path *speaking* may ask for the microphone, and no other may.
    """
    content = policy(forms=forms, trusted_types=trusted_types)

    @app.before_request
    def refuse_half_an_address() -> None:
        # Werkzeug takes an address for UTF-8; what is none would be a fault of ours.
        try:
            request.query_string.decode()
        except UnicodeDecodeError:
            abort(400)

    @app.after_request
    def set_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = content
        if request.path == speaking:
            response.headers["Permissions-Policy"] = SPEAKING
        response.headers.pop("Server", None)
        return response
