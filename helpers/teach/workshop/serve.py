"""Serve JupyterLab from one laptop, on request to a room: each pair has a server, a folder and a token."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from helpers.files import end_tied, spare_folder, tied_command, write_atomically
from helpers.report import fill, notebooks_folder, page_css
from helpers.standard import BadInput
from helpers.teach.workshop.pack import copy_for_learners, pack_of, put_into_pack
from helpers.teach.workshop.tracks import Track, cut_for_sessions

__all__ = ["Seat", "address_sheet", "own_address", "prepare_seats", "serve_seats"]

_FIRST_PORT = 8801
_HERE, _EVERYWHERE = "127.0.0.1", "0.0.0.0"
_PATIENCE = 90.0  # seconds until a server answers
_TOKEN_BYTES = 12


@dataclass(frozen=True)
class Seat:
    """One pair's server."""

    number: int
    folder: Path
    port: int
    token: str
    host: str

    @property
    def address(self) -> str:
        """What the pair types into its browser."""
        return f"http://{self.host}:{self.port}/lab?token={self.token}"


def own_address() -> str:
    """Find this computer's address in the room's network; no packet is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # An address that documentation alone uses: it decides which network card would be taken.
            probe.connect(("192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            pass
    try:
        return socket.gethostbyname(socket.gethostname())
    except OSError:
        raise BadInput(
            "This computer has no address in a network: join the room's network first, or leave out --room."
        ) from None


def _free_ports(count: int, host: str) -> list[int]:
    """Find ports that nobody listens on, from 8801 up."""
    found: list[int] = []
    for port in range(_FIRST_PORT, _FIRST_PORT + 1000):
        if len(found) == count:
            break
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
            try:
                one.bind((host, port))
            except OSError:
                continue
        found.append(port)
    return found


def prepare_seats(
    track: Track, pairs: int, out: Path, *, room: bool = False, notebooks: Path | None = None
) -> list[Seat]:
    """Give each pair a folder with the learners' notebooks; what a pair has already is kept.

    With a new pack, or on another day without one, a group begins without the guesses of the last one.
    """
    if room and hasattr(os, "geteuid") and os.geteuid() == 0:
        raise BadInput(
            "An administrator's account may not serve a room, because everybody there could run programs as "
            "administrator: sign in as a user who was made for this day."
        )
    source = notebooks or notebooks_folder()
    there = sorted(path.stem for path in (source / "workshop").glob("[A-Z]_*.ipynb"))
    sessions, _ = cut_for_sessions(track, there)
    if not sessions:
        raise BadInput(
            f"{source / 'workshop'} has no session of the track {track.name}: there is nothing to serve."
        )
    host = own_address() if room else _HERE
    ports = _free_ports(pairs, _EVERYWHERE if room else _HERE)
    pack = pack_of(out / "learners") or f"served on {dt.date.today()}"
    found = []
    for number, port in enumerate(ports, start=1):
        folder = out.resolve() / "room" / f"{number:02d}"
        if not folder.is_dir():
            copy_for_learners(source, sessions, folder)
        put_into_pack(folder, pack)
        found.append(Seat(number, folder, port, secrets.token_urlsafe(_TOKEN_BYTES), host))
    return found


def address_sheet(seats: Sequence[Seat], out: Path) -> Path:
    """Write a sheet of addresses to cut apart; only its owner can read it."""
    path = out / "room" / "addresses.html"
    page = fill("teach/workshop/pages.html.j2", "addresses", page_css(), seats)
    write_atomically(path, page.encode("utf-8"))
    return path


@contextmanager
def serve_seats(seats: Sequence[Seat], *, room: bool = False) -> Iterator[None]:
    """Run a server for each seat until the block or this program ends; `room` lets other computers in."""
    begun: list[subprocess.Popen[bytes]] = []
    with spare_folder("room") as private:
        try:
            begun += [_start(seat, private, room) for seat in seats]
            for seat, process in zip(seats, begun, strict=True):
                _wait_for(seat, process)
            yield
        finally:
            end_tied(begun)


def _start(seat: Seat, private: Path, room: bool) -> subprocess.Popen[bytes]:
    own = private / f"{seat.number:02d}"
    own.mkdir(mode=0o700)
    settings = {
        "ServerApp.ip": _EVERYWHERE if room else _HERE,
        "ServerApp.port": str(seat.port),
        "ServerApp.port_retries": "0",
        "ServerApp.root_dir": str(seat.folder),
        "ServerApp.allow_remote_access": str(room),
        "ServerApp.terminals_enabled": "False",
        "ServerApp.quit_button": "False",
        "LabApp.news_url": "",
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    # Not on the command line, which other users of this computer may list.
    environ = _environment(own) | {"JUPYTER_TOKEN": seat.token}
    # `prepare_seats` lets an administrator serve this computer alone.
    root = [] if room else ["--allow-root"]
    return subprocess.Popen(
        [*tied_command("jupyterlab"), "--no-browser", *root]
        + [f"--{name}={value}" for name, value in settings.items()],
        cwd=seat.folder,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Ctrl-C reaches all processes of a terminal, so that this one ends the servers cleanly.
        start_new_session=True,
    )


def _environment(own: Path) -> dict[str, str]:
    """Keep the settings, passwords and running servers of this user out of the room's servers."""
    folders = {
        "JUPYTER_CONFIG_DIR": own / "config",
        "JUPYTER_RUNTIME_DIR": own / "runtime",
        "JUPYTERLAB_WORKSPACES_DIR": own / "workspaces",
    }
    return {**os.environ, **{name: str(folder) for name, folder in folders.items()}}


def _wait_for(seat: Seat, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    request = urllib.request.Request(
        f"http://{_HERE}:{seat.port}/api/status", headers={"Authorization": f"token {seat.token}"}
    )
    # A proxy would be asked for this very computer.
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            with direct.open(request, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            pass
        if process.poll() is not None or time.monotonic() > until:
            raise BadInput(
                f"The server of pair {seat.number} didn't start on port {seat.port}. See "
                "`bigpicture doctor`, or serve fewer pairs."
            )
        time.sleep(0.2)
