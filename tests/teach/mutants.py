"""Change or drop each condition of an answer: a check must notice every such mutant.

A mutant is one small change: a comparison turned, half of a condition dropped, a filter or an argument left
out, a key forgotten, a number off by one, an assertion deleted.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Mutant", "mutants_of"]


@dataclass(frozen=True)
class Mutant:
    """An answer with one change: what stood there, what stands there now."""

    was: str
    now: str
    code: str


_COMPARES: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_METHODS = {
    "eq": "ne", "ne": "eq", "ge": "gt", "gt": "ge", "le": "lt", "lt": "le", "any": "all", "all": "any",
    "isna": "notna", "notna": "isna", "min": "max", "max": "min", "idxmin": "idxmax", "nunique": "count",
    "sum": "count", "mean": "sum", "size": "nunique", "mask": "where",
}  # fmt: skip
_FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
_LEFT_OUT = {
    "casefold", "lower", "upper", "strip", "lstrip", "removesuffix", "dropna", "drop_duplicates", "fillna",
    "sort_values", "sort_index", "reindex", "explode", "shift", "unstack", "drop", "unique", "where", "mask",
}  # fmt: skip
# What a string is for says how it goes wrong.
_HOW = {"left": ("inner", "right"), "right": ("left",), "inner": ("left",), "outer": ("left", "inner")}
_STANDS_FOR = {"validate": {"one_to_one": ("one_to_many", "many_to_one"), "1:1": ("1:m", "m:1")}}


def mutants_of(code: str, untouched: frozenset[str] = frozenset({"strict"})) -> list[Mutant]:
    """Make all mutants of an answer, each once; arguments of these names stay as they are."""
    tree = ast.parse(code)
    found: dict[str, Mutant] = {}
    kept = [one for one in ast.walk(tree) if isinstance(one, ast.keyword) and one.arg in untouched]
    still = {id(part) for one in kept for part in ast.walk(one)}
    for place, node in enumerate(ast.walk(tree)):
        for now in () if id(node) in still else _changes(node, untouched):
            changed = copy.deepcopy(tree)
            target = next(one for at, one in enumerate(ast.walk(changed)) if at == place)
            changed = ast.fix_missing_locations(_Replaced(target, now).visit(changed))
            text = ast.unparse(changed)
            if text != ast.unparse(tree):
                shown = "nothing" if now is None else ast.unparse(now)
                found.setdefault(text, Mutant(ast.unparse(node), shown, text))
    return list(found.values())


class _Replaced(ast.NodeTransformer):
    """Put one node in place of another, or nothing."""

    def __init__(self, target: ast.AST, now: ast.AST | None) -> None:
        self.target, self.now = target, now

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.target:
            return copy.deepcopy(self.now) if self.now is not None else ast.Pass()
        return self.generic_visit(node)


def _changes(node: ast.AST, untouched: frozenset[str]) -> Iterator[ast.AST | None]:
    """Give what may stand in place of a node; None deletes a statement."""
    if isinstance(node, ast.Assert):
        yield None
    elif isinstance(node, ast.If):
        yield from _with(node, test=[ast.Constant(True), ast.Constant(False)])
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.BoolOp):
        yield from _of_condition(node)
    elif isinstance(node, ast.BinOp):
        yield from _of_sum(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield node.operand
    elif isinstance(node, ast.Compare):
        yield from _of_comparison(node)
    elif isinstance(node, ast.Call):
        yield from _of_call(node, untouched)
    elif isinstance(node, ast.Subscript):
        yield from _of_filter(node)
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        yield from _of_keys(node)
    elif isinstance(node, ast.comprehension):
        yield from _with(node, ifs=[[*node.ifs[:at], *node.ifs[at + 1 :]] for at in range(len(node.ifs))])
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node)


def _with(node: ast.AST, **fields: list[object]) -> Iterator[ast.AST]:
    """Copy a node once for each value of a field."""
    for name, values in fields.items():
        for value in values:
            changed = copy.copy(node)
            setattr(changed, name, value)
            yield changed


def _of_condition(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield from _with(node, op=[ast.Or() if isinstance(node.op, ast.And) else ast.And()])
    for at in range(len(node.values)):
        rest = [*node.values[:at], *node.values[at + 1 :]]
        yield rest[0] if len(rest) == 1 else next(_with(node, values=[rest]))


def _of_sum(node: ast.BinOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.BitAnd | ast.BitOr):
        yield from (node.left, node.right)
        yield from _with(node, op=[ast.BitOr() if isinstance(node.op, ast.BitAnd) else ast.BitAnd()])
    elif isinstance(node.op, ast.Sub | ast.Div):
        yield from (node.left, ast.BinOp(node.right, node.op, node.left))
    elif isinstance(node.op, ast.Add) and not _is_text(node):
        yield from (node.left, node.right)


def _is_text(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in ast.walk(node))


def _of_comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for at, op in enumerate(node.ops):
        others = _COMPARES.get(type(op), ())
        yield from _with(node, ops=[[*node.ops[:at], other(), *node.ops[at + 1 :]] for other in others])


def _of_call(node: ast.Call, untouched: frozenset[str]) -> Iterator[ast.AST]:
    called = node.func
    if isinstance(called, ast.Attribute):
        if called.attr in _METHODS:
            yield from _with(node, func=[next(_with(called, attr=[_METHODS[called.attr]]))])
        if called.attr in _LEFT_OUT:
            inner = called.value
            yield inner.value if isinstance(inner, ast.Attribute) and inner.attr == "str" else inner
    elif isinstance(called, ast.Name) and called.id in _FUNCTIONS:
        yield from _with(node, func=[ast.Name(_FUNCTIONS[called.id], ast.Load())])
    for at, keyword in enumerate(node.keywords):
        if keyword.arg in {"suffixes", "columns", "by"} | untouched:
            continue
        if not (keyword.arg == "how" and _is_inner(keyword.value)):  # which is what no word means
            yield from _with(node, keywords=[[*node.keywords[:at], *node.keywords[at + 1 :]]])
        if isinstance(keyword.value, ast.Constant):
            words = {"how": _HOW, **_STANDS_FOR}.get(str(keyword.arg), {}).get(keyword.value.value, ())
            for word in words:
                other = ast.keyword(keyword.arg, ast.Constant(word))
                yield from _with(node, keywords=[[*node.keywords[:at], other, *node.keywords[at + 1 :]]])


def _is_inner(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == "inner"


def _of_filter(node: ast.Subscript) -> Iterator[ast.AST]:
    """Leave out a filter: ``rows[rows["x"] > 1]`` becomes ``rows``."""
    if not isinstance(node.ctx, ast.Load):
        return
    located = isinstance(node.value, ast.Attribute) and node.value.attr == "loc"
    table = node.value.value if isinstance(node.value, ast.Attribute) and located else node.value
    kept = node.slice.elts if located and isinstance(node.slice, ast.Tuple) else [node.slice]
    filters = ast.Compare | ast.BinOp | ast.UnaryOp | ast.Call | ast.BoolOp
    if isinstance(kept[0], filters) or (located and isinstance(kept[0], ast.Name | ast.Subscript)):
        yield table if len(kept) == 1 else ast.Subscript(table, kept[1], ast.Load())


def _of_keys(node: ast.List | ast.Tuple | ast.Set) -> Iterator[ast.AST]:
    texts = [isinstance(one, ast.Constant) and isinstance(one.value, str) for one in node.elts]
    if len(texts) > 1 and all(texts):
        yield from _with(node, elts=[[*node.elts[:at], *node.elts[at + 1 :]] for at in range(len(node.elts))])


def _of_constant(node: ast.Constant) -> Iterator[ast.AST]:
    if isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node.value, int):
        yield from (ast.Constant(node.value + 1), ast.Constant(node.value - 1))
    elif isinstance(node.value, float):
        yield from (ast.Constant(2 * node.value), ast.Constant(node.value / 2))
