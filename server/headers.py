"""The security headers of both sites, on every answer, errors and static files included.

Sources: W3C CSP Level 3; OWASP Secure Headers Project.
"""

from __future__ import annotations

from flask import Flask, Response

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


def policy(*, forms: bool) -> str:
    """The content security policy: our own scripts, styles and pictures, and nothing inline."""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' blob: data:",
            "connect-src 'self'",
            "form-action 'self'" if forms else "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
    )


def protect(app: Flask, *, forms: bool) -> None:
    """Set the headers on every answer of *app*. *forms* allows a form that submits to the site itself."""

    @app.after_request
    def set_headers(response: Response) -> Response:
        response.headers.update(HEADERS)
        response.headers["Content-Security-Policy"] = policy(forms=forms)
        response.headers.pop("Server", None)
        return response
