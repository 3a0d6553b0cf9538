"""Check that a folder marked synthetic has only files of its generator; a single other file makes it real."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["NOT_INVENTED", "digests_of", "foreign_file", "read_about", "treated_as_real"]

# Key of `District.about`: why a folder marked synthetic is treated as real.
NOT_INVENTED = "treated_as_real"
ANEW = "make a new invented district in another folder with `bigpicture make`"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digests_of(folder: Path, paths: Iterable[Path]) -> dict[str, str]:
    """Return the digest of each file by path."""
    return {path.relative_to(folder).as_posix(): _digest(path) for path in sorted(paths)}


def foreign_file(about: Mapping[str, Any], paths: Iterable[Path]) -> Path | None:
    """Return the first file that the generator didn't write with these bytes; moved files are fine."""
    files = about.get("files")
    known = set(files.values()) if isinstance(files, dict) and all(map(_is_text, files.values())) else set()
    return next((path for path in paths if _digest(path) not in known), None)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def treated_as_real(
    about: Mapping[str, Any], folder: Path, exports: Iterable[Path], beside: Path | None
) -> str | None:
    """Explain why a folder marked synthetic is treated as real; None if it isn't."""
    if about.get("synthetic") is not True:
        return None
    if not about.get("files"):
        return (
            "district.json says that this folder is invented, but doesn't list the generator's files "
            f"(older versions didn't). So we treat all of it as real; {ANEW}."
        )
    strange = foreign_file(about, exports) or beside
    if strange is None:
        return None
    return (
        f"district.json says that this folder is invented, but the generator didn't write "
        f"{strange.relative_to(folder).as_posix()} as it is now. So we treat all of it as real; "
        f"move that file elsewhere, or {ANEW}."
    )


def read_about(text: str) -> Any:
    """Parse ``district.json``; with a repeated key, the folder doesn't count as synthetic."""
    twice: list[str] = []

    def read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend(name for name in names if names.count(name) > 1)
        return dict(pairs)

    about = json.loads(text, object_pairs_hook=read_object)
    if twice and isinstance(about, dict) and about.get("synthetic") is not False:
        why = f"district.json says {twice[0]!r} twice. So we treat all of this folder as real; {ANEW}."
        return {**about, "synthetic": False, NOT_INVENTED: why}
    return about
