"""Freeze the rates of faults: `python -m tests.synthetic_data.freeze_rates [KIND ...]`.

How well records are linked is measured against these rates: one that moves unseen makes every figure
incomparable with those of before. The command adds kinds that are new. A rate that is frozen changes only for
a reason, say a base rate that somebody measured: change ``faults.toml`` of its system, name the kind here
(meals.typo), measure linking anew, and write the reason down in docs/decisions/generator.md.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from synthetic_data.faults.scene import declared_faults

__all__ = ["FROZEN", "frozen_rates", "with_new_kinds"]

FROZEN = Path(__file__).with_name("frozen_rates.csv")


def frozen_rates() -> dict[str, float]:
    """Give the frozen rate of each kind."""
    with FROZEN.open(encoding="utf-8", newline="") as file:
        return {f"{row['silo']}.{row['kind']}": float(row["rate"]) for row in csv.DictReader(file)}


def with_new_kinds(
    frozen: Mapping[str, float], declared: Mapping[str, float], changed: Sequence[str]
) -> dict[str, float]:
    """Add what is declared and not frozen; take anew, or leave out, only what is named."""
    kept = {kind: rate for kind, rate in frozen.items() if kind not in changed}
    return {**{kind: rate for kind, rate in declared.items() if kind not in kept}, **kept}


def _write(changed: Sequence[str]) -> None:
    declared = {fault.name: fault.rate for fault in declared_faults()}
    rates = with_new_kinds(frozen_rates() if FROZEN.is_file() else {}, declared, changed)
    with FROZEN.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["silo", "kind", "rate"])
        writer.writerows([*kind.split(".", 1), f"{rate:.10g}"] for kind, rate in sorted(rates.items()))


if __name__ == "__main__":
    _write(sys.argv[1:])
