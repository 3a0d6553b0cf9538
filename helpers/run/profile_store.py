"""A store of profiles as new as the files: made where it is missing, or where a file has changed since."""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path

import helpers.standard
from helpers.files.district import with_children
from helpers.files.folder import must_be_a_folder
from helpers.files.run_cache import fingerprint
from helpers.files.save import write_atomically
from helpers.profile.store.profiles import ProfileStore, save_store
from helpers.standard import BadInput

__all__ = ["is_store", "must_be_free", "store_of"]

_MADE_OF = "made_of.json"
_DECLARED = Path(helpers.standard.__file__).parent


def is_store(folder: Path) -> bool:
    """Say whether a folder is a store of profiles."""
    return (folder / "store.json").is_file()


def must_be_free(folder: Path) -> None:
    """Refuse a place for a store in which something else stands."""
    if folder.is_file() or (folder.is_dir() and not is_store(folder) and any(folder.iterdir())):
        raise BadInput(f"{folder} is no store of profiles and isn't empty: name another place for the store.")


def _made_of(folder: Path) -> str:
    """Give a fingerprint of a folder's files and of what elements mean, which may have changed, too."""
    declared = [path.read_bytes() for path in sorted(_DECLARED.rglob("*.toml"))]
    whole = [fingerprint(folder).encode(), *declared]
    return hashlib.blake2b(b"\0".join(whole), digest_size=16).hexdigest()


def store_of(folder: Path, place: Path) -> ProfileStore:
    """Open the store of a district's profiles, made anew where it isn't as new as the files.

    Parameters
    ----------
    folder
        A district's folder, or a store itself.
    place
        Where the store of a district's folder stands.

    Returns
    -------
    ProfileStore
        The store.

    Raises
    ------
    BadInput
        When the folder can't be read as a district, or something else stands where the store belongs.
    """
    if is_store(folder):
        return ProfileStore.open(folder)
    must_be_a_folder(folder)
    made_of = _made_of(folder)
    known = place / _MADE_OF
    if is_store(place) and known.is_file() and json.loads(known.read_text("utf-8")) == made_of:
        with contextlib.suppress(BadInput):  # written by another version of the kit: made anew
            return ProfileStore.open(place)
    from helpers.files import read_district
    from helpers.link import link_district
    from helpers.profile import child_profiles
    from helpers.profile.indicators import child_indicators
    from helpers.profile.store.source import source_of

    district = with_children(read_district(folder))
    links = link_district(district)
    profiles = child_profiles(district, links)
    save_store(source_of(district, links, profiles, child_indicators(district, links, profiles)), place)
    write_atomically(known, json.dumps(made_of).encode())
    return ProfileStore.open(place)
