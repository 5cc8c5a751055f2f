"""Times as people say them, for the list and the settings pages."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.filter
def age(moment: dt.datetime | None) -> str:
    """“3 hours ago”, “yesterday 14:05”, “November 3 14:05”, “Nov. 3, 2025”."""
    if moment is None:
        return ""
    local, now = timezone.localtime(moment), timezone.localtime()
    seconds = (now - local).total_seconds()
    minutes, days = int(seconds // 60), (now.date() - local.date()).days
    if -60 < seconds < 60:
        return _("just now")
    if 0 < minutes < 60:
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {"count": minutes}
    if days == 0 and seconds > 0:
        hours = minutes // 60
        return ngettext("%(count)d hour ago", "%(count)d hours ago", hours) % {"count": hours}
    time = time_format(local.time(), "TIME_FORMAT")
    if days == 1:
        return _("yesterday %(time)s") % {"time": time}
    if local.year == now.year:
        day = date_format(local, "MONTH_DAY_FORMAT")
        return _("%(day)s %(time)s") % {"day": day, "time": time}
    return date_format(local, "DATE_FORMAT")


@register.filter
def when(moment: dt.datetime | None) -> SafeString | str:
    """``age`` with the exact time in the tooltip."""
    if moment is None:
        return ""
    exact = date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), exact, age(moment))
