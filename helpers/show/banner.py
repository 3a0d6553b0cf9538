"""The banner: said once, at the head of every page and sheet: invented, or real and restricted."""

from __future__ import annotations

from collections.abc import Mapping

from helpers.show.blocks import Block, escape
from helpers.show.tokens import colour

__all__ = ["banner", "is_invented", "where_from"]


def is_invented(about: Mapping[str, object]) -> bool:
    """Tell whether a folder says of itself that it is invented; anything else is real from the first day.

    Parameters
    ----------
    about
        What ``district.json`` says; empty where there is none.

    Returns
    -------
    bool
        True only for ``"synthetic": true``.
    """
    return about.get("synthetic") is True


def where_from(about: Mapping[str, object]) -> str:
    """Say where an invented district comes from, so that anybody can make it again.

    Parameters
    ----------
    about
        What ``district.json`` says.

    Returns
    -------
    str
        Title, scenario, seed and version, as far as they are known.
    """
    title = about.get("title") or about.get("district_name")
    version = about.get("kit_version") or about.get("version")
    parts = [
        str(title) if title else "",
        f"scenario {about['scenario']}" if about.get("scenario") else "",
        f"seed {about['seed']}" if about.get("seed") is not None else "",
        f"version {version}" if version else "",
    ]
    return " · ".join(part for part in parts if part)


def banner(about: Mapping[str, object], synthetic: bool | None = None) -> Block:
    """Show the banner of a district.

    Parameters
    ----------
    about
        What ``district.json`` says; empty where there is none.
    synthetic
        Whether the district is invented; by default what ``about`` says.

    Returns
    -------
    Block
        A plain line for an invented district, a red one for real data.
    """
    invented = is_invented(about) if synthetic is None else synthetic
    if invented:
        origin = where_from(about)
        text = f"This district is invented{' · ' if origin else ''}{origin}"
        look, kind = f"background:{colour('tint')};color:{colour('ink')}", "banner"
    else:
        text = "Real data: restricted. For those who may see these children's records, and nobody else."
        if why := about.get("treated_as_real"):
            text += f" ({why})"
        look, kind = f"background:{colour('restricted')};color:#fff;font-weight:600", "banner restricted"
    return Block(
        f'<div class="{kind}" role="note" aria-label="About these data" style="{look};padding:8px 16px">'
        f'<p style="margin:0 auto">{escape(text)}</p></div>',
        text,
    )
