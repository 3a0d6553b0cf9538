"""Parameters from a command line: known by some notebook, and of the type that it declares."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from helpers.run.notebooks import Notebook
from helpers.standard import BadInput, nearest

__all__ = ["parameters_for"]

_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_WORDS = {"int": "a whole number", "float": "a number", "bool": "true or false", "str": "text"}


def _declared_type(described: Mapping[str, Any]) -> str:
    """Give the type that a parameter declares, else that of its default."""
    name = str(described.get("inferred_type_name", ""))
    if name in _WORDS:
        return name
    try:
        return type(ast.literal_eval(str(described.get("default", "")))).__name__
    except (ValueError, SyntaxError):
        return "str"


def _typed(name: str, value: object, kind: str, where: str) -> object:
    """Read a value as the type that its parameter declares."""
    text = str(value).strip()
    try:
        if kind == "bool":
            if text.lower() not in _TRUE + _FALSE:
                raise ValueError
            return text.lower() in _TRUE
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
    except ValueError:
        raise BadInput(
            f"Parameter {name} of {where} is {_WORDS[kind]}, and {value!r} is not. Write: -p {name} VALUE."
        ) from None
    if kind == "str":
        return str(value)
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return value


def parameters_for(
    notebooks: Sequence[Notebook], parameters: Mapping[str, object]
) -> dict[str, dict[str, object]]:
    """Hand each notebook the parameters that it declares, typed; refuse those that none declares.

    Parameters
    ----------
    notebooks
        The notebooks of this run.
    parameters
        Name -> value, as text or typed already.

    Returns
    -------
    dict
        Name of the notebook -> its parameters.

    Raises
    ------
    BadInput
        When no notebook declares a name, or a value isn't of the declared type. papermill would only warn and
        run with the default.
    """
    declared = {notebook.name: notebook.parameters for notebook in notebooks}
    known = sorted({name for parameters_of in declared.values() for name in parameters_of})
    for name in parameters:
        if name not in known:
            raise BadInput(
                f"No notebook of this run has a parameter {name!r}. There are: {', '.join(known) or 'none'}."
                f"{nearest(name, known)}"
            )
    return {
        notebook: {
            name: _typed(name, value, _declared_type(own[name]), notebook)
            for name, value in parameters.items()
            if name in own
        }
        for notebook, own in declared.items()
    }
