"""Keep seeds and keys of test sets outside of the repository, and publish salted hashes of them."""

from __future__ import annotations

import secrets
from pathlib import Path

from helpers.standard import BadInput
from synthetic_data.benchmark.plan import HERE
from synthetic_data.benchmark.scorer import KEY_FILES, commitment

__all__ = ["COMMITMENTS", "SECRET_FILES", "commitments_of", "draw_seed", "must_be_outside"]

COMMITMENTS = HERE / "commitments.csv"
SEED_BITS, SALT_BYTES = 63, 32
SECRET_FILES = ("seed.txt", *KEY_FILES)


def must_be_outside(folder: Path, sets: Path) -> None:
    """Refuse a folder of secrets inside of what is published."""
    published = [HERE.parents[1], sets.resolve()]
    if inside := [place for place in published if folder.resolve().is_relative_to(place)]:
        raise BadInput(
            f"{folder} lies in {inside[0]}, which is published: keep secrets in a folder elsewhere."
        )


def draw_seed(folder: Path) -> int:
    """Give the seed of a test set; drawn, with its salt, if the folder has none."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    seed, salt = folder / "seed.txt", folder / "salt.txt"
    if not seed.exists():
        seed.write_text(f"{secrets.randbits(SEED_BITS)}\n", encoding="ascii", newline="\n")
    if not salt.exists():
        salt.write_text(f"{secrets.token_hex(SALT_BYTES)}\n", encoding="ascii", newline="\n")
    return int(seed.read_text(encoding="ascii"))


def commitments_of(folder: Path, name: str) -> list[tuple[str, str, str]]:
    """Hash the secret files of a set with its salt: set, file, hash."""
    salt = (folder / "salt.txt").read_text(encoding="ascii").strip()
    return [(name, file, commitment(salt, (folder / file).read_bytes())) for file in SECRET_FILES]
