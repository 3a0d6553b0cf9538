"""Command view: write a role's view, list the policy, or check a policy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from helpers.cli.options import as_shown, counted, file_option, flag_note, profiled, words_of_policy
from helpers.files import Output, Summary, folder_argument, out_option, with_output
from helpers.standard import BadInput, Measured

if TYPE_CHECKING:
    from helpers.profile import Source
    from helpers.share import Audit, Policy, View

__all__ = ["view"]

STORE = ("store.json", "digests.json")  # a damaged store may lack one


def _source(folder: Path, output: Output) -> Source:
    """Open a store of profiles, or build the profiles of a folder of exports."""
    if any((folder / name).is_file() for name in STORE):
        from helpers.profile import ProfileStore

        return ProfileStore.open(folder)
    return profiled(folder, output)


def _listed(policy: Policy, output: Output) -> None:
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
    figures = {
        "roles": roles,
        "domains": domains,
        "who sees what": grid if output.as_json else wide,
        "refused because no rule allows it": list(policy.gaps),
        "note": policy.teaches,
    }
    finding = [
        f"{Measured('policy_roles', len(policy.roles)):bold count} and "
        f"{Measured('policy_domains', len(policy.domains)):bold count} of data. "
        f"Refused because no rule allows it: {len(policy.gaps)}."
    ]
    roles_named = f"Roles: {', '.join(policy.roles)}."
    note = "--table prints what --who is for each role, its purposes, and who sees what."
    output.emit(figures, Summary([*finding, roles_named], notes=[note]), TITLES)


# Headings of what is printed. The keys are those of --json.
TITLES = {
    "roles": "Roles",
    "domains": "Domains",
    "who sees what": "Who sees what",
    "withheld": "Withheld",
    "differs from the kit's own": "Differs from the kit's own policy",
}


def _checked(path: Path, output: Output) -> None:
    """Print how a policy differs from the kit's own."""
    from helpers.share import compare_policies, read_policy

    policy = read_policy(path)
    changes = compare_policies(read_policy(), policy)
    figures = {
        "faults": "none",
        "refused because no rule allows it": list(policy.gaps),
        "differs from the kit's own": changes,
        "note": policy.teaches,
    }
    differs, gaps = Measured("rules_changed", len(changes)), Measured("policy_gaps", len(policy.gaps))
    finding = [
        f"The policy is valid. It differs from the kit's own in {differs:bold count}, and refuses "
        f"{gaps:bold count} because no rule allows them."
    ]
    worst = [", ".join(map(str, row)) for row in changes.head(3).itertuples(index=False)]
    output.emit(figures, Summary(finding, "First differences", worst), TITLES)


@click.command(short_help="Write what one person may see, and nothing else.")
@folder_argument(required=False)
@click.option("--role", metavar="ROLE", help="Who asks: a role of the policy.")
@click.option(
    "--who", metavar="WHO", help="Which of them: a school, a record as in sis:1234, or the word district."
)
@click.option("--purpose", metavar="PURPOSE", help="What for; the broad purpose of the role by default.")
@click.option(
    "--child", "children", multiple=True, metavar="CHILD", help="Only this child of theirs. May be repeated."
)
@file_option("--policy", "policy_file", help="Another policy (TOML).")
@file_option("--consents", "consents_file", help="CSV of written consents.")
@file_option("--codes", "codes_file", help="Random codes to use again, and to add to.")
@file_option("--audit", "audit_file", help="Log; audit.jsonl next to --out by default.")
@click.option("--list", "listing", is_flag=True, help="Print the roles; with --table all of the policy.")
@file_option("--check", "check", help="Check a policy, and show what it changes.")
@out_option("reports/view")
@with_output
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
    output: Output,
) -> None:
    """Write what one person may see about the children in FOLDER, and nothing else.

    FOLDER contains exports, or a store from `bigpicture profile`. Writes children.csv, values.csv,
    timeline.csv, indicators.csv, contacts.csv and groups.csv as far as the policy allows any, withheld.csv
    (what is withheld, and by which rule) and view.json. Each view adds lines to an audit log. The policy is
    for teaching and is no legal advice.
    """
    from helpers.share import Audit, Pseudonyms, asked, open_view, read_consents, read_policy

    if check is not None:
        _checked(check, output)
        return
    policy = read_policy(policy_file)
    if listing:
        _listed(policy, output)
        return
    if role is not None:
        role, purpose = words_of_policy(policy, role, purpose)
        named, _ = asked(policy, role, purpose)  # before an hour of reading
        if folder is not None and who is None:
            raise BadInput(f"Name which {named.title.lower()}: --who is the {named.who_means}.")
    if folder is None or role is None or who is None:
        raise BadInput(
            "Name the viewer: bigpicture view FOLDER --role ROLE --who WHO; `bigpicture view --list` names "
            "the roles and what --who is for each."
        )
    consents = None if consents_file is None else read_consents(consents_file)
    audit = Audit(audit_file or out.parent / "audit.jsonl")
    opened = open_view(
        _source(folder, output),
        role,
        who,
        purpose,
        policy=policy,
        audit=audit,
        children=list(children) or None,
        consents=consents,
        codes=Pseudonyms(codes_file),
    )
    _write(opened, audit, out, output)


def _write(opened: View, audit: Audit, out: Path, output: Output) -> None:
    """Write a view, and report its size."""
    from helpers.share import Guard

    paths, policy = opened.save(out), opened.policy
    guard = Guard(real=not opened.source.synthetic)
    figures = {
        "role": opened.role,
        "purpose": opened.purpose,
        "children": as_shown(guard, len(opened.children)),
        "values": as_shown(guard, len(opened.values)),
        "events": as_shown(guard, len(opened.timeline)),
        "groups counted": len(opened.groups),
        "withheld": opened.withheld[["domain", "allow", "why", "citation"]],
        "note": policy.teaches,
        "written": [str(path) for path in paths],
        "audit": str(audit.path),
    }
    seen, values, events = (
        counted(f"view_{name}", figures[name]) for name in ("children", "values", "events")
    )
    groups = Measured("view_groups", len(opened.groups))
    withheld = Measured("domains_withheld", int(opened.withheld["domain"].nunique()), len(policy.domains))
    named = policy.roles[opened.role].title
    finding = [
        f"{named}, {opened.who}, may see for {opened.purpose}: {seen:bold count}, {values:count}, "
        f"{events:count}, {groups:count}.",
        f"Withheld: {withheld:bold count of}.",
    ]
    first = opened.withheld.drop_duplicates("domain").head(3).to_dict("records")
    worst = [f"{row['domain']}: {row['why']}" for row in first]
    notes = [str(policy.teaches), f"Logged in {audit.path}."]
    notes += [flag_note()] if opened.allowed.indicators and not opened.allowed.coded else []
    output.emit(figures, Summary(finding, "The first of them", worst, notes), TITLES)
