"""A table of declarations in TOML -> its checked model: every fault told at once, whatever file it is."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from helpers.layouts.bad_input import BadInput, faults_of
from helpers.layouts.toml_text import toml_of

__all__ = ["STRICT", "Assumed", "read_declared"]

STRICT = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
Model = TypeVar("Model", bound=BaseModel)


class Assumed(BaseModel):
    """A figure that nobody measured: what is likely, and the range around it."""

    model_config = STRICT

    low: float
    likely: float
    high: float

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if not 0 <= self.low <= self.likely <= self.high:
            raise ValueError(f"{self.low}, {self.likely}, {self.high}: must be 0 <= low <= likely <= high")
        return self

    def at(self, end: str) -> float:
        """Give one of the three: low, likely or high."""
        return float(getattr(self, end))


def read_declared(
    path: Path,
    model: type[Model],
    what: str,
    *,
    prepare: Callable[[dict[str, Any]], Mapping[str, Any]] = dict,
    known: Iterable[str] = (),
) -> Model:
    """Read a TOML file into its model.

    Parameters
    ----------
    path
        The file.
    model
        What it must say.
    what
        What the file is, for the sentence of an error: "costs", "headings".
    prepare
        Fills in what the file says by its shape, such as a name that is a table's head.
    known
        Further words that an unknown one may have meant, beside the names of the model and its parts.

    Returns
    -------
    pydantic.BaseModel
        The checked model.

    Raises
    ------
    BadInput
        When it can't be read, is no TOML, or breaks the model; then every fault is named.
    """
    path = Path(path)
    try:
        return model.model_validate(prepare(toml_of(path.read_text(encoding="utf-8"))))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is no TOML: {error}. Mend that line and try again.") from None
    except OSError as error:
        raise BadInput(f"{path} can't be read ({error.strerror}); give a TOML file of {what}.") from None
    except ValidationError as error:
        names = {name for part in _parts(model) for name in part.model_fields}
        raise BadInput(f"{path} cannot be used:\n{faults_of(error, {*names, *known})}") from None


def _parts(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """List a model and all models that its fields are made of."""
    yield model
    waiting: list[Any] = [field.annotation for field in model.model_fields.values()]
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _parts(kind)
        else:
            waiting.extend(get_args(kind))
