"""A trained model: Splink's settings with what is needed to use them on other data, kept in one JSON file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from helpers.files.save import write_atomically
from helpers.standard import BadInput

__all__ = ["SHIPPED", "LinkModel", "shipped_model"]

SHIPPED = Path(__file__).parent / "trained.json"


@dataclass(frozen=True)
class LinkModel:
    """What is known of how the records of one child agree, and those of two.

    ``settings`` are Splink's own, with every m and u. ``matches`` tells for each of `comparisons.KINDS` how
    many other units belong to the child of one, on average, so that the model can be used on a district of
    another size. A pair of probability ``accept`` or more is taken as one child, from ``review`` up a person
    is asked. ``kept`` names comparisons that the data could not teach, with the weights of an earlier model.
    """

    settings: dict[str, Any]
    matches: dict[str, float]
    accept: float
    review: float
    trained_on: str
    units: int
    pairs: int
    kept: tuple[str, ...] = ()

    def save(self, path: Path | str) -> Path:
        """Write the model as JSON.

        Parameters
        ----------
        path
            The file.

        Returns
        -------
        pathlib.Path
            The same.
        """
        path = Path(path)
        text = json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"
        write_atomically(path, text.encode("utf-8"), private=False)
        return path

    @classmethod
    def load(cls, path: Path | str = SHIPPED) -> LinkModel:
        """Read a model.

        Parameters
        ----------
        path
            A file that `save` wrote.

        Returns
        -------
        LinkModel
            The model.

        Raises
        ------
        BadInput
            When the file isn't there, or holds no model.
        """
        path = Path(path)
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            if not found["settings"]["comparisons"] or not found["matches"]:
                raise ValueError("it weighs nothing")
            return cls(**(found | {"kept": tuple(found["kept"])}))
        except FileNotFoundError:
            raise BadInput(
                f"There is no model {str(path)!r}. Train one with bigpicture link --train, or leave the path "
                f"out to use the one that comes with the kit."
            ) from None
        except (OSError, ValueError, TypeError, KeyError):
            raise BadInput(
                f"{str(path)!r} holds no model of this kit. Give a file that bigpicture link --train wrote, "
                f"or leave the path out to use the one that comes with the kit."
            ) from None


def shipped_model() -> LinkModel:
    """Give the model that comes with the kit, trained on made districts that no score is reported on."""
    return LinkModel.load(SHIPPED)
