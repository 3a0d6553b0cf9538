"""A small district for the dashboard, with the children on whom pages break."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections import Counter
from pathlib import Path

from tests.as_if_made import as_if_made

__all__ = ["LONG", "SCRIPT", "SHEET", "odd_district"]

SCRIPT = "<script>alert(1)</script>"
SHEET = '=HYPERLINK("http://x.example","Ana")'
LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"[:50]


def odd_district(made: Path, folder: Path) -> str:
    """Copy a made district and make it odd: three children, and three records of nobody, with odd names.

    The roster alone calls the children so; of the records only the till knows. One system is taken away. The
    till gives one child of the roster another birth date than all others do; nobody else there has her name.

    Returns
    -------
    str
        The name of the child with two birth dates.
    """
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns("answer_key"))
    shutil.rmtree(folder / "silos" / "activities")
    about = json.loads((folder / "district.json").read_text(encoding="utf-8"))
    about["silos"] = {name: layout for name, layout in about["silos"].items() if name != "activities"}
    (folder / "district.json").write_text(json.dumps(about), encoding="utf-8")
    roster = _rename_on_the_roster(folder / "silos" / "sis" / "oneroster.zip")
    (till,) = (folder / "silos" / "meals").glob("*.csv")
    with till.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    head = list(rows[0])
    named = Counter((row["Customer First Name"], row["Customer Last Name"]) for row in rows)
    once = (row for row in rows if named[row["Customer First Name"], row["Customer Last Name"]] == 1)
    dated = next(row for row in once if (row["Customer First Name"], row["Customer Last Name"]) in roster)
    dated["Customer Birthdate"] = "01/31/2001"
    for place, name in enumerate((SCRIPT, SHEET, LONG)):
        rows.append(
            {
                **dict.fromkeys(head, ""),
                "Customer ID": f"99900{place}",
                "Customer Last Name": name,
                "Customer First Name": "Vera",
                "Customer Birthdate": f"02/0{place + 1}/2014",
                "District School Number": rows[0]["District School Number"],
                "PIN": f"87654{place}",
                "Grade": "06",
                "Active Status": "Active",
                "Balance": "$1.00",
            }
        )
    with till.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, head, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    as_if_made(folder)
    return f"{dated['Customer First Name']} {dated['Customer Last Name']}"


def _rename_on_the_roster(bundle: Path) -> set[tuple[str, str]]:
    """Give three children of the roster odd names, and return the names of all others."""
    with zipfile.ZipFile(bundle) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    rows = list(csv.DictReader(io.StringIO(parts["users.csv"].decode("utf-8"), newline="")))
    children = [row for row in rows if row["grades"] == "06"]
    for row, name in zip(children, (SCRIPT, SHEET, LONG), strict=False):
        row |= {"givenName": "Zora", "familyName": name, "preferredGivenName": "", "preferredFamilyName": ""}
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    with zipfile.ZipFile(bundle, "w") as file:
        for name, data in (parts | {"users.csv": text.getvalue().encode("utf-8")}).items():
            file.writestr(name, data)
    return {
        (row["givenName"], row["familyName"]) for row in rows if row["grades"] and row not in children[:3]
    }
