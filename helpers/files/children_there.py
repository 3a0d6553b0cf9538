"""A district in which there are children: what everything that is about children asks for first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.layouts import BadInput

if TYPE_CHECKING:
    from helpers.files.silo import District

__all__ = ["with_children"]


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
    roles = sorted({str(role) for silo in district.values() for role in silo.people["role"].unique()})
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
