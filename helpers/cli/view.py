"""Command view: write a role's view, list the policy, or check a policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from helpers.cli.options import as_shown, linked, read_known
from helpers.files import emit, ends_well, json_option, out_option
from helpers.standard import BadInput

if TYPE_CHECKING:
    from helpers.profile import Source
    from helpers.share import Policy

__all__ = ["view"]

STORE = ("store.json", "digests.json")  # a damaged store may lack one


def _source(folder: Path) -> Source:
    """Open a store of profiles, or build the profiles of a folder of exports."""
    if any((folder / name).is_file() for name in STORE):
        from helpers.profile import ProfileStore

        return ProfileStore.open(folder)
    from helpers.profile import build_profiles, compute_indicators, source_of

    district = read_known(folder)
    links = linked(district)
    profiles = build_profiles(district, links)
    return source_of(district, links, profiles, compute_indicators(district, links, profiles))


def _listed(policy: Policy, as_json: bool) -> None:
    """Print roles, purposes, domains and the grid."""
    import pandas as pd

    from helpers.share import policy_grid

    grid = policy_grid(policy)
    short = {"row": "each child", "aggregate": "counts", "none": "-"}
    wide = grid.assign(allow=grid["allow"].map(short)).pivot(index="domain", columns="role", values="allow")
    wide = wide.reindex(index=list(policy.domains), columns=list(policy.roles)).reset_index()
    roles = pd.DataFrame(
        {
            "role": list(policy.roles),
            "--who is the": [role.who_means for role in policy.roles.values()],
            "--purpose": ["; ".join(role.purposes) for role in policy.roles.values()],
        }
    )
    domains = pd.DataFrame(
        {
            "domain": list(policy.domains),
            "holds": [
                ", ".join(dict.fromkeys([*each.elements, *each.timeline, *each.indicators]))
                for each in policy.domains.values()
            ],
        }
    )
    emit(
        {
            "roles": roles,
            "domains": domains,
            "who sees what": grid if as_json else wide,
            "refused for want of a rule": list(policy.gaps),
            "note": policy.teaches,
        },
        as_json,
    )


@click.command(short_help="Write what one person may see, and nothing else.")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--role", help="Who asks: a role of the policy.")
@click.option("--who", help="Which of them: a school, a record as in sis:1234, or the word district.")
@click.option("--purpose", help="What for; the broad purpose of the role by default.")
@click.option("--child", "children", multiple=True, help="Only this child of theirs. May be repeated.")
@click.option("--policy", "policy_file", type=click.Path(path_type=Path), help="Another policy (TOML).")
@click.option("--consents", "consents_file", type=click.Path(path_type=Path), help="CSV of written consents.")
@click.option(
    "--codes", "codes_file", type=click.Path(path_type=Path), help="Lookup of random codes to keep."
)
@click.option(
    "--audit", "audit_file", type=click.Path(path_type=Path), help="Log; audit.jsonl beside --out by default."
)
@click.option("--list", "listing", is_flag=True, help="Print roles, purposes, domains, and who sees what.")
@click.option(
    "--check", "check", type=click.Path(path_type=Path), help="Check a policy, and say what it changes."
)
@out_option("reports/view")
@json_option
@ends_well
def view(
    folder: Path | None,
    role: str | None,
    who: str | None,
    purpose: str | None,
    children: tuple[str, ...],
    policy_file: Path | None,
    consents_file: Path | None,
    codes_file: Path | None,
    audit_file: Path | None,
    listing: bool,
    check: Path | None,
    out: Path,
    as_json: bool,
) -> None:
    """Write what one person may see about the children in FOLDER, and nothing else.

    FOLDER contains exports, or a store from `bigpicture profile`. Writes children.csv, values.csv,
    timeline.csv, indicators.csv, contacts.csv and groups.csv as far as the policy allows any, withheld.csv
    (what is withheld, and by which rule) and view.json. Each view adds lines to an audit log. The policy is
    for teaching and is no legal advice.
    """
    from helpers.share import asked, read_policy

    if check is not None:
        from helpers.share import compare_policies

        policy = read_policy(check)
        changes = compare_policies(read_policy(), policy)
        emit(
            {
                "faults": "none",
                "refused for want of a rule": list(policy.gaps),
                "differs from the kit's own": changes,
                "note": policy.teaches,
            },
            as_json,
        )
        return
    policy = read_policy(policy_file)
    if listing:
        _listed(policy, as_json)
        return
    if role is not None:
        named, _ = asked(policy, role, purpose)  # before an hour of reading
        if folder is not None and who is None:
            raise BadInput(f"Say which {named.title.lower()}: --who is the {named.who_means}.")
    if folder is None or role is None or who is None:
        raise BadInput(
            "Say whose view: bigpicture view FOLDER --role ROLE --who WHO; `bigpicture view --list` names "
            "the roles and what --who is for each."
        )
    emit(
        _written(folder, role, who, purpose, children, policy, consents_file, codes_file, audit_file, out),
        as_json,
    )


def _written(
    folder: Path,
    role: str,
    who: str,
    purpose: str | None,
    children: tuple[str, ...],
    policy: Policy,
    consents_file: Path | None,
    codes_file: Path | None,
    audit_file: Path | None,
    out: Path,
) -> dict[str, Any]:
    """Open a view, write it, and report its size."""
    from helpers.share import Audit, Guard, Pseudonyms, read_consents
    from helpers.share import open_view as open_view

    consents = None if consents_file is None else read_consents(consents_file)
    source = _source(folder)
    audit = Audit(audit_file or out.parent / "audit.jsonl")
    opened = open_view(
        source,
        role,
        who,
        purpose,
        policy=policy,
        audit=audit,
        children=list(children) or None,
        consents=consents,
        codes=Pseudonyms(codes_file),
    )
    written = opened.save(out)
    guard = Guard(real=not source.synthetic)
    return {
        "role": opened.role,
        "purpose": opened.purpose,
        "children": as_shown(guard, len(opened.children)),
        "values": as_shown(guard, len(opened.values)),
        "events": as_shown(guard, len(opened.timeline)),
        "groups counted": len(opened.groups),
        "withheld": opened.withheld[["domain", "allow", "why", "citation"]],
        "note": policy.teaches,
        "written": [str(path) for path in written],
        "audit": str(audit.path),
    }
