"""What parents agreed to in writing: which domains, for which purpose, to whom, from when until when."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from helpers.share.refused import Refused
from helpers.standard import STRING, BadInput, nearest

__all__ = ["agreed", "consent_table", "read_consents"]

# A yes that doesn't say what, for what, to whom, by whom and until when is none (FERPA-14).
TEXTS = ("child", "domains", "purpose", "recipient", "signer")
DATES = ("date", "end")
COLUMNS = (*TEXTS, *DATES)


def consent_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Check a table of consents.

    Parameters
    ----------
    frame
        ``child, domains`` (names of domains, joined by ;), ``purpose, recipient, signer, date`` (on which it
        was signed) and ``end`` (last day on which it holds), both as YYYY-MM-DD.

    Returns
    -------
    pandas.DataFrame
        The same rows; a date that can't be read is missing, and such a consent never holds.

    Raises
    ------
    BadInput
        When a column is missing or unknown.
    """
    lacking = [name for name in COLUMNS if name not in frame.columns]
    odd = [str(name) for name in frame.columns if name not in COLUMNS]
    if lacking or odd:
        told = [f"{name} is missing" for name in lacking]
        told += [f"{name} is unknown.{nearest(name, COLUMNS)}" for name in odd]
        raise BadInput(f"A consent has the columns {', '.join(COLUMNS)}: {'; '.join(told)}.")
    texts = {name: frame[name].astype(STRING).str.strip() for name in TEXTS}
    dates = {
        name: pd.to_datetime(frame[name], format="ISO8601", errors="coerce").astype("datetime64[us]")
        for name in DATES
    }
    return pd.DataFrame({**texts, **dates}).reset_index(drop=True)


def read_consents(path: Path) -> pd.DataFrame:
    """Read a CSV of consents; see `consent_table`."""
    try:
        frame = pd.read_csv(path, dtype="string", encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        kind = type(error).__name__
        raise BadInput(f"{path.name} can't be read as consents ({kind}): name a CSV in UTF-8.") from None
    return consent_table(frame)


def agreed(
    consents: pd.DataFrame | None,
    recipient: str,
    purpose: str,
    rows: Collection[str],
    counted: Collection[str],
    day: pd.Timestamp | None,
    known: frozenset[str],
) -> dict[str, frozenset[str]]:
    """Say of which children each domain may be seen by somebody to whom parents agreed.

    Parameters
    ----------
    consents
        Table of consents, or None.
    recipient, purpose
        Who asks, and what for: both as the consent names them.
    rows
        Domains that the policy allows where a consent names them.
    counted
        Domains of which it allows counts, over everybody of whom something was agreed.
    day
        Day on which the view is asked for; without one no consent holds.
    known
        Children of the district.

    Returns
    -------
    dict
        Domain -> children.

    Raises
    ------
    Refused
        When no consent holds.
    """
    table = consent_table(consents) if consents is not None else None
    if table is not None and day is not None:
        holds = table["recipient"].eq(recipient) & table["purpose"].eq(purpose) & table["child"].isin(known)
        holds &= table["signer"].fillna("").ne("") & (table["date"] <= day) & (table["end"] >= day)
        named = table[holds.fillna(False).to_numpy(dtype=bool)]
        if len(named):
            pairs = named.assign(domain=named["domains"].str.split(";")).explode("domain")
            pairs = pairs.assign(domain=pairs["domain"].str.strip())
            by_domain = pairs.groupby("domain")["child"].agg(frozenset)
            named_in = {domain: by_domain.get(domain, frozenset()) for domain in rows}
            return named_in | dict.fromkeys(counted, frozenset(named["child"]))
    raise Refused(
        "Without a written consent that names this recipient and this purpose and holds today, an outside "
        "partner sees nothing: give the consents (child, domains, purpose, recipient, signer, date, end)."
    )
