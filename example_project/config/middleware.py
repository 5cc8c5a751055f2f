"""Two small middlewares: a strict content security policy, and a shop that always speaks Japanese."""

from __future__ import annotations

from django.utils import translation

POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
)


class ContentSecurityPolicyMiddleware:
    """No inline script, no inline style, nothing from elsewhere – on every page, the admin included."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response


class JapaneseShopMiddleware:
    """The customers' pages exist in Japanese only. The staff's pages follow the browser's language."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if "admin" not in request.resolver_match.app_names:
            translation.activate("ja")
            request.LANGUAGE_CODE = "ja"
