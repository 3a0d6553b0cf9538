"""Build columns from arrays, and compute durations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.standard import STRING, from_arrow

__all__ = [
    "Arrays",
    "concat_columns",
    "dates",
    "index_in",
    "mapped",
    "marked",
    "numbered",
    "of_one_length",
    "only",
    "pick",
    "positions_in",
    "ranked",
    "replace_words",
    "replaced",
    "text",
    "truth",
    "whole",
    "whole_days",
    "whole_minutes",
    "within",
]


Codes = npt.NDArray[np.integer[Any]]
Words = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]


class Arrays:
    """Base of dataclasses whose fields are arrays of one length."""

    def at(self, positions: Codes | Mask) -> Self:
        """Return the rows at these positions, in their order."""
        return type(self)(**{one.name: getattr(self, one.name)[positions] for one in fields(self)})  # type: ignore[arg-type]

    @classmethod
    def stack(cls, parts: Sequence[Self]) -> Self:
        """Return the rows of all parts, one part after the other."""
        names = [one.name for one in fields(cls)]  # type: ignore[arg-type]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def only(mask: Mask, words: Words | str) -> Words:
    """Keep words where the mask is true; elsewhere None."""
    kept = np.full(len(mask), None, dtype=object)
    kept[mask] = words if isinstance(words, str) else words[mask]
    return kept


def marked(positions: Any, count: int) -> Mask:
    """Return a mask that is true at some positions; one may be named more than once."""
    mask = np.zeros(count, dtype=bool)
    mask[positions] = True
    return mask


def text(values: Words | Sequence[str | None]) -> Any:
    """Build a string column; ``None`` is missing."""
    return pd.array(np.asarray(values, dtype=object), dtype=STRING)


def pick(words: Sequence[str] | Words, codes: Codes) -> Any:
    """Build a string column from a list of words and each row's index into it; -1 is missing."""
    if len(words) == 0:
        return text(np.full(len(codes), None, dtype=object))
    return text(words).take(codes, allow_fill=True)


def numbered(prefix: str, positions: Codes, width: int) -> Words:
    """Build ids such as ``P000042`` as Python strings, to pick from later."""
    return np.array([f"{prefix}{place:0{width}d}" for place in positions.tolist()], dtype=object)


def whole(values: npt.NDArray[Any], known: Mask | None = None) -> Any:
    """Build an integer column; missing where `known` is false."""
    unknown = np.zeros(len(values), dtype=bool) if known is None else ~known
    return pd.arrays.IntegerArray(np.asarray(values, dtype="int64"), unknown)


def truth(values: npt.NDArray[Any], known: Mask | None = None) -> Any:
    """Build a boolean column; missing where `known` is false."""
    unknown = np.zeros(len(values), dtype=bool) if known is None else ~known
    return pd.arrays.BooleanArray(np.asarray(values, dtype=bool), unknown)


def dates(days: npt.NDArray[np.datetime64]) -> npt.NDArray[np.datetime64]:
    """Build a date column; ``NaT`` is missing."""
    return days.astype("datetime64[us]")


def within(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Count from 0 inside each group: lengths 2, 3 give 0 1 0 1 2."""
    starts = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum())) - np.repeat(starts, lengths)


def of_one_length(letters: npt.NDArray[np.uint8]) -> Any:
    """Build a string column from ASCII letters, one row per text, all of the same length."""
    count, width = letters.shape
    offsets = np.arange(count + 1, dtype="int64") * width
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(letters))]
    return from_arrow(pa.Array.from_buffers(pa.large_string(), count, buffers))


def positions_in(known: Any, values: Any) -> npt.NDArray[np.int64]:
    """Return the position of every value among the known ones, each there once; -1 if it isn't there."""
    return np.asarray(pd.Index(known).get_indexer(pd.Index(values)), dtype="int64")


def index_in(values: Any, known: Any) -> npt.NDArray[np.int64]:
    """Return the index of every text in `known`, whose texts are unique; -1 if it isn't there."""
    table = _arrow(known)
    if pc.count_distinct(table, mode="all").as_py() != len(table):
        raise ValueError("A text to be found occurs there twice.")
    found = pc.index_in(_arrow(values), value_set=table, skip_nulls=True)
    return np.asarray(found.fill_null(-1).to_numpy(zero_copy_only=False), dtype="int64")


def ranked(values: pd.Series) -> npt.NDArray[np.int64]:
    """Return each text's rank among the distinct ones, to sort rows by numbers."""
    numbered = _arrow(values).dictionary_encode()
    words = numbered.dictionary
    rank = np.empty(len(words), dtype="int64")
    rank[pc.sort_indices(words).to_numpy()] = np.arange(len(words))  # UTF-8 sorts as code points do
    return rank[numbered.indices.fill_null(-1).to_numpy(zero_copy_only=False)]


def mapped(values: pd.Series, change: Callable[[str], str]) -> pd.Series:
    """Apply a function of the text alone, once for each distinct text."""
    numbered = _arrow(values).dictionary_encode()
    other = [change(word) for word in numbered.dictionary.to_pylist()]
    return pd.Series(
        from_arrow(pa.array(other, pa.large_string()).take(numbered.indices)), index=values.index
    )


def replaced(values: Any, positions: npt.NDArray[np.int64], new: Any) -> Any:
    """Replace some texts of a string column, without the Python object that pandas creates for each."""
    at = np.arange(len(values))
    at[positions] = len(values) + np.arange(len(positions))
    return from_arrow(pa.concat_arrays([_arrow(values), _arrow(new)]).take(pa.array(at)))


def replace_words(values: pd.Series, words: Mapping[str, str]) -> Any:
    """Replace words in a string column, translating each distinct text once."""
    numbered = _arrow(values).dictionary_encode()
    other = [words.get(word, word) for word in numbered.dictionary.to_pylist()]
    return from_arrow(pa.array(other, pa.large_string()).take(numbered.indices))


def concat_columns(values: pd.Series, groups: pd.Series, mark: str = ";") -> pd.DataFrame:
    """Join the texts of each group in order: one column per name, one row per group."""
    codes, distinct = pd.factorize(groups, sort=True)
    there = np.flatnonzero(codes >= 0)
    order = there[np.argsort(codes[there], kind="stable")]
    ends = np.cumsum(np.bincount(codes[order], minlength=len(distinct)))
    lists = pa.ListArray.from_arrays(
        pa.array(np.r_[0, ends], pa.int32()), _arrow(values).take(pa.array(order))
    )
    return pd.DataFrame(
        {
            groups.name: text(np.asarray(distinct, dtype=object)),
            values.name: from_arrow(pc.binary_join(lists, pa.scalar(mark, pa.large_string()))),
        }
    )


def _arrow(values: Any) -> pa.Array:
    plain = values.array if isinstance(values, pd.Series | pd.Index) else values
    if isinstance(plain, set | frozenset):
        plain = sorted(plain)
    array = pa.array(plain, pa.large_string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def whole_days(number: npt.ArrayLike) -> Any:
    """Convert numbers to whole days, because NumPy adds no bare number to a date."""
    return np.asarray(number).astype("timedelta64[D]")


def whole_minutes(number: npt.ArrayLike) -> Any:
    """Convert numbers to whole minutes."""
    return np.asarray(number).astype("timedelta64[m]")
