"""What every page of ours inside the stock admin has in common.

A page names its permission or stays closed; it stands inside the admin site that shows it, also on a second
one; it changes nothing on GET.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import View

from ..actions.deadlocks import run_again
from ..exceptions import InvalidInput, StaleObject, WrongState

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a piece of the page."""
    return request.headers.get("HX-Request") == "true"


def admin_url(model_admin: ModelAdmin[Any], page: str, *args: object) -> str:
    """URL of a page of this model on the admin site that ``model_admin`` belongs to."""
    opts = model_admin.opts
    return reverse(
        f"admin:{opts.app_label}_{opts.model_name}_{page}", args=args, current_app=model_admin.admin_site.name
    )


def local_url(url: str | None, default: str) -> str:
    """The given URL when it stays on this site, else the default."""
    # No allowed host at all: only a path of our own may come in from outside.
    if url and url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        return url
    return default


class InboxPage(View):
    """Base of our pages: ``path("…", Page.as_page(model_admin), name="cs_inbox_inquiry_…")``."""

    model_admin: Any = None
    #: Heading and window title; a page may override ``get_title`` instead.
    title: str | Promise = ""

    @classmethod
    def as_page(cls, model_admin: ModelAdmin[Any], **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """The view, wrapped for the admin site of ``model_admin``: login, CSRF, never cached."""
        view = cls.as_view(model_admin=model_admin, **initkwargs)
        site = model_admin.admin_site
        guarded = site.admin_view(view)

        @functools.wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if wants_fragment(request) and not site.has_permission(request):
                # admin_view would redirect to the login page, which htmx would paste into the fragment.
                return HttpResponse(headers={"HX-Refresh": "true", "Vary": "HX-Request"})
            return guarded(request, *args, **kwargs)

        return page

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        # {% url 'admin:…' %} resolves to the site that shows the page.
        request.current_app = self.model_admin.admin_site.name

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.has_page_permission():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def has_page_permission(self) -> bool:
        """Whether ``self.request.user`` may open the page at all. Being staff answers nothing."""
        raise NotImplementedError(f"{type(self).__name__} must say who may open it: has_page_permission().")

    # What the page shows

    def get_title(self) -> str:
        return str(self.title)

    @property
    def media(self) -> Media:
        """Styles and scripts beyond those of the model admin."""
        return Media()

    def page_context(self, **extra: Any) -> dict[str, Any]:
        """What ``admin/base_site.html`` and our partials need, and what the page adds."""
        opts = self.model_admin.opts
        return {
            **self.model_admin.admin_site.each_context(self.request),
            "opts": opts,
            "app_label": opts.app_label,
            "title": self.get_title(),
            "media": self.model_admin.media + self.media,
            **extra,
        }

    def render(
        self, template: str, *, fragment: str | None = None, status: int = 200, **extra: Any
    ) -> TemplateResponse:
        """The full page; or only ``fragment``, when given and asked for by htmx."""
        chosen = fragment if fragment and wants_fragment(self.request) else template
        response = TemplateResponse(self.request, chosen, self.page_context(**extra), status=status)
        if fragment:
            patch_vary_headers(response, ("HX-Request",))
        return response

    def url(self, page: str, *args: object) -> str:
        """``self.url("change", inquiry.pk)``: a page of this model on this admin site."""
        return admin_url(self.model_admin, page, *args)

    # What the page does

    def next_url(self, default: str) -> str:
        """Where the form says to go afterwards (field ``next``), if that is on this site."""
        return local_url(self.request.POST.get("next"), default)

    def post_action(
        self, action: Callable[[], Any], *, next_url: str, success: str = ""
    ) -> HttpResponseRedirect:
        """Run an action, tell the user how it went, and redirect to a local URL.

        ``NotAllowed`` passes through and becomes a 403. For forms that must keep what was typed after an
        error, use ``try_action`` and render the form again.
        """
        if self.try_action(action) and success:
            messages.success(self.request, success)
        return HttpResponseRedirect(local_url(next_url, self.url("changelist")))

    def try_action(self, action: Callable[[], Any]) -> bool:
        """Run an action; what went wrong is left as a message. True when it was done."""
        try:
            run_again(action)
        except StaleObject as error:
            messages.warning(self.request, str(error) or _("Somebody else changed this inquiry. Look again."))
        except WrongState as error:
            messages.error(self.request, str(error) or _("This is not possible any more. Look again."))
        except InvalidInput as error:
            messages.error(self.request, str(error))
        else:
            return True
        return False
