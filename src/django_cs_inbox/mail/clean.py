"""HTML of strangers made safe to show. An allow-list: what is not named here does not come through."""

from __future__ import annotations

import html as markup
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import nh3

from .htmltext import html_to_text

#: Raised with every change below, so that stored results can be made anew.
RULES_VERSION = 1

_MAX_LENGTH = 2_000_000
_MAX_DEPTH = 200
_MAX_LINKS = 5_000
_MAX_ENTITIES = 100_000
_TAGS = """
    a abbr b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em font
    h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small span strike strong sub sup
    table tbody td tfoot th thead tr tt u ul var wbr
"""
#: Gone with all they contain; other unknown tags go, and their text stays.
_WITH_CONTENT = """
    script style title template svg math noscript iframe object embed select textarea xmp noembed noframes
"""
_CELL = frozenset({"align", "valign", "bgcolor", "width", "height", "colspan", "rowspan", "nowrap"})
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"style", "title", "dir", "lang"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "table": {"align", "bgcolor", "border", "cellpadding", "cellspacing", "width"},
    "td": set(_CELL),
    "th": set(_CELL),
    "tr": {"align", "valign", "bgcolor"},
    "col": {"span", "width"},
    "font": {"color", "size", "face"},
    "ol": {"start", "type"},
    "blockquote": {"type"},
    "p": {"align"},
    "div": {"align"},
}
#: Nothing that can fetch (background, content), cover the page (position, margins) or hide text.
_STYLES = """
    background-color border border-bottom border-collapse border-color border-left border-right border-spacing
    border-style border-top border-width color direction font font-family font-size font-style font-variant
    font-weight height letter-spacing line-height list-style-type max-width padding padding-bottom
    padding-left padding-right padding-top text-align text-decoration text-indent text-transform
    vertical-align white-space width word-break word-wrap
"""
#: A style value with any of these is dropped as a whole; a backslash can spell every other one.
_BAD_STYLE = re.compile(
    r"url|image|expression|import|binding|behavior|var\s{0,5}\(|[\\@<>{}]|/\*", re.IGNORECASE
)
_LINK_SCHEMES = ("http://", "https://", "mailto:", "tel:")
_IMG = re.compile(r"<img\b[^>]*>")
_ALT = re.compile(r'\salt="([^"]*)"')
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})")
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
_UNCLOSED = frozenset(("p", "li", "td", "th", "tr", "dd", "dt", "option", "tbody", "thead", "tfoot"))


@dataclass(frozen=True, slots=True)
class CleanHtml:
    """HTML that may be shown, and how many pictures of strangers' servers were left out."""

    html: str
    blocked_remote_images: int = 0


def sanitize_html(
    html: str, *, remote_images: bool = False, inline_images: Mapping[str, str] = MappingProxyType({})
) -> CleanHtml:
    """The mail's HTML without anything that acts, fetches or covers the page.

    ``inline_images`` maps content ids to addresses of ours. What is too large or too deep for the parser is
    shown as its text.
    """
    if len(html) > _MAX_LENGTH or _is_too_much(html):
        return CleanHtml(f"<pre>{markup.escape(html_to_text(html[:_MAX_LENGTH]))}</pre>")
    cleaner = _Cleaner(remote_images, inline_images)
    safe = nh3.clean(
        html,
        tags=set(_TAGS.split()),
        clean_content_tags=set(_WITH_CONTENT.split()),
        attributes=_ATTRIBUTES,
        attribute_filter=cleaner.attribute,
        strip_comments=True,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        filter_style_properties=set(_STYLES.split()),
    )
    return CleanHtml(_IMG.sub(_without_source, safe), cleaner.blocked)


class _Cleaner:
    def __init__(self, remote_images: bool, inline_images: Mapping[str, str]) -> None:
        self.remote_images = remote_images
        self.inline_images = {key.strip("<> ").lower(): value for key, value in inline_images.items()}
        self.blocked = 0

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        """The value to keep, or None."""
        if name == "style":
            kept = [part for part in value.split(";") if part.strip() and not _BAD_STYLE.search(part)]
            return ";".join(kept) or None
        if name == "href":
            # Relative links would lead into the admin.
            return value if _scheme(value).startswith(_LINK_SCHEMES) else None
        if name == "src":
            return self._source(value)
        return value

    def _source(self, value: str) -> str | None:
        address = _scheme(value)
        if address.startswith("cid:"):
            return self.inline_images.get(markup.unescape(value.strip()[4:]).strip("<> ").lower())
        if not address.startswith(("http://", "https://", "//")):
            return None
        if self.remote_images and not address.startswith("//"):
            return value
        self.blocked += 1
        return None


def _scheme(value: str) -> str:
    """The beginning as a browser reads it: without controls, in lower case."""
    return re.sub("[\x00-\x20]", "", value[:60]).lower()


def _without_source(match: re.Match[str]) -> str:
    """A picture without address becomes its description."""
    tag = match.group()
    if ' src="' in tag:
        return tag
    alt = _ALT.search(tag)
    return markup.escape(markup.unescape(alt[1]), quote=False) if alt else ""


def _is_too_much(html: str) -> bool:
    """True for what makes the parser slow beyond measure: deep nesting, a sea of links or of ampersands."""
    if html.count("&") > _MAX_ENTITIES:
        return True
    depth = links = 0
    is_open: Counter[str] = Counter()
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if name in _VOID or name in _UNCLOSED:
            continue
        links += name == "a" and not match[1]
        if not match[1]:
            is_open[name] += 1
            depth += 1
        elif is_open[name]:  # a closing tag of something else closes nothing
            is_open[name] -= 1
            depth -= 1
        if depth > _MAX_DEPTH or links > _MAX_LINKS:
            return True
    return False
