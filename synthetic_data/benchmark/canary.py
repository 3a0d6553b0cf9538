"""Put the canary line into files whose format has a place for remarks."""

from __future__ import annotations

from pathlib import Path

from synthetic_data.benchmark.scorer import CANARY

__all__ = ["mark_folder", "text_of_canary"]

# A zip archive without a remark ends in a record of 22 bytes; the last two are the length of the remark.
END_OF_ARCHIVE, LENGTH = b"PK\x05\x06", 22
ARCHIVES = {".zip", ".xlsx"}


def text_of_canary() -> str:
    """Give the text of CANARY.txt."""
    return (
        f"{CANARY}\n\nBenchmark data should never be in a corpus that models are trained on. "
        "Whoever finds this line in one can leave these files out.\n"
    )


def mark_folder(folder: Path) -> dict[str, int]:
    """Mark every file that can carry a remark, and count marked and other files by suffix.

    A comma-separated or line-by-line JSON export has no place for a remark: with one more row or column it
    would not be that system's layout any more. CANARY.txt lies beside these.
    """
    counted: dict[str, int] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        marked = _mark(path)
        word = f"{path.suffix} {'marked' if marked else 'not marked'}"
        counted[word] = counted.get(word, 0) + 1
    return counted


def _mark(path: Path) -> bool:
    line = CANARY.encode("ascii")
    if path.suffix in ARCHIVES:
        content = path.read_bytes()
        if content[-LENGTH : -LENGTH + 4] != END_OF_ARCHIVE or content[-2:] != b"\0\0":
            return False
        path.write_bytes(content[:-2] + len(line).to_bytes(2, "little") + line)
        return True
    if path.suffix == ".xml":
        with path.open("ab") as file:
            file.write(b"\n<!-- " + line + b" -->\n")
        return True
    return False
