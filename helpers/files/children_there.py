"""A district in which there are children: what everything that is about children asks for first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.standard import BadInput

if TYPE_CHECKING:
    from helpers.files.silo import Silo
    from helpers.files.silo__district import District

__all__ = ["no_child_told", "with_children"]


def no_child_told(district: District) -> str | None:
    """Say of which systems people were read and no child, and what to do; None where each has one.

    Parameters
    ----------
    district
        A district that was read.

    Returns
    -------
    str or None
        One sentence and the next step: names of systems, roles and layouts, no count.
    """
    none = {name: silo for name, silo in district.items() if (of := _roles(silo)) and "Student" not in of}
    if not none:
        return None
    roles = sorted(set[str]().union(*map(_roles, none.values())))
    whole = not any("Student" in _roles(silo) for silo in district.values())
    source = "" if whole else f" from {', '.join(none)}"
    step = "Add the file that lists the children, or" if whole else "Where its people are children,"
    layouts = ", ".join(dict.fromkeys(silo.layout.layout for silo in none.values()))
    return (
        f"People were read{source}, but none of them is a student: all are of the role {' or '.join(roles)}. "
        f"{step} correct `role` in the layout {layouts}."
    )


def _roles(silo: Silo) -> set[str]:
    return {str(role) for role in silo.people["role"].dropna().unique()}


def with_children(district: District) -> District:
    """Give a district back if somebody in it is a student.

    Parameters
    ----------
    district
        A district that was read.

    Returns
    -------
    District
        The same.

    Raises
    ------
    BadInput
        When no layout knows a file of its folder, or no record in it is a student's.
    """
    folder = district.folder
    if not len(district):
        raise BadInput(
            f"No layout knows a file in {folder}: `bigpicture read {folder}` lists what is there, and "
            f"`bigpicture start {folder}` drafts a layout for each table."
        )
    roles = sorted(set[str]().union(*map(_roles, district.values())))
    if "Student" in roles:
        return district
    if not roles:
        raise BadInput(
            f"No file in {folder} says who somebody is, so there is no child to show: a layout must have "
            f'`[[file.makes]]` with `table = "people"`; `bigpicture read {folder}` lists the files.'
        )
    raise BadInput(
        f"Nobody in {folder} is a student: all people that were read are of the role {' or '.join(roles)}. "
        f"Add the file that lists the children, or correct `role` in the layouts that `bigpicture read "
        f"{folder}` names."
    )
