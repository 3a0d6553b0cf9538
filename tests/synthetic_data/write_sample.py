"""Write the committed sample district anew: `python -m tests.synthetic_data.write_sample`.

It lies in a zip, since a district of 60 children is 1.7 MB of text that packs to a tenth.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path

from synthetic_data.district import make_district

__all__ = ["SAMPLE", "STUDENTS", "made_with", "write_sample"]

SAMPLE = Path(__file__).parents[2] / "synthetic_data" / "sample" / "riverbend_60_children.zip"
STUDENTS = 60


def made_with() -> str:
    """Say with which version of the lists of names a sample is made."""
    return f"Faker {metadata.version('Faker')}"


def write_sample(path: Path = SAMPLE) -> None:
    """Make the district and pack it."""
    with tempfile.TemporaryDirectory() as place:
        folder = make_district(folder=Path(place) / "riverbend", students=STUDENTS)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.comment = made_with().encode("ascii")
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    name = f"riverbend/{file.relative_to(folder).as_posix()}"
                    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(entry, file.read_bytes(), compresslevel=9)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed.getvalue())


if __name__ == "__main__":
    write_sample()
