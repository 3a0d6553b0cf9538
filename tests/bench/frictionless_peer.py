"""Validate a lunchroom export with frictionless: columns, types, codes and key as in the kit's layout.

Usage: python -m tests.bench.frictionless_peer FILE
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from frictionless import Dialect, Resource, Schema

GRADES = ["PK", "KG", *(f"{grade:02}" for grade in range(1, 13))]
FIELDS = [
    {"name": "Customer ID", "type": "string", "constraints": {"required": True}},
    {"name": "Customer Last Name", "type": "string", "constraints": {"required": True}},
    {"name": "Customer First Name", "type": "string"},
    {"name": "Customer Birthdate", "type": "date", "format": "%m/%d/%Y"},
    {"name": "District School Number", "type": "string"},
    {"name": "PIN", "type": "string"},
    {"name": "Grade", "type": "string", "constraints": {"enum": GRADES}},
    {"name": "Active Status", "type": "string", "constraints": {"enum": ["Active", "Inactive"]}},
    # its own number type cannot read money below zero as this export writes it: -$13.96
    {"name": "Balance", "type": "string", "constraints": {"pattern": r"-?\$[0-9,]+\.[0-9]{2}"}},
]


def main() -> None:
    """Validate the file and print how many rows and findings there were."""
    path = Path(sys.argv[1])
    schema = Schema.from_descriptor({"fields": FIELDS, "primaryKey": ["Customer ID"]})
    resource = Resource(
        path=path.name, basepath=str(path.parent), schema=schema, dialect=Dialect(), encoding="utf-8"
    )
    report = resource.validate(limit_errors=10**9)
    figures = {"rows": report.tasks[0].stats["rows"], "findings": report.stats["errors"]}
    click.echo(json.dumps(figures))


if __name__ == "__main__":
    main()
