"""Draw small changes of code by seed with cosmic-ray, and print each as a line of JSON.

Runs in an environment of its own, which has neither the kit nor its tests.

Usage: python mutation_peer.py SEED NUMBER FILE...
"""

import ast
import json
import random
import sys
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

# Decorators and handlers of exceptions aren't rules of the field; the last two want a name to replace.
LEFT_OUT = (
    "core/RemoveDecorator", "core/ExceptionReplacer", "core/VariableReplacer", "core/VariableInserter"
)  # fmt: skip


def meaning(text: str) -> str | None:
    """Write what code does, without annotations, which nothing runs; None if it isn't code (``&value``)."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if getattr(node, name, None) is not None:
                setattr(node, name, ast.Constant(None))
    return ast.dump(tree)


def sites(path: Path) -> dict[tuple[int, int], list[tuple[str, int]]]:
    """List the places of a file that an operator can change, each with its operators and their occurrence."""
    nodes, found = list(ast_nodes(get_ast(path.read_text(encoding="utf-8")))), {}
    for name in operator_names():
        if name in LEFT_OUT:
            continue
        operator, occurrence = get_operator(name)(), 0
        for node in nodes:
            for start, _ in operator.mutation_positions(node):
                found.setdefault(start, []).append((name, occurrence))
                occurrence += 1
    return found


def main() -> None:
    """Draw places first, so that one with many operators isn't drawn more often."""
    seed, number, *files = sys.argv[1:]
    chance = random.Random(int(seed))
    everywhere = [(file, start, able) for file in files for start, able in sorted(sites(Path(file)).items())]
    chance.shuffle(everywhere)
    drawn = 0
    for file, (line, _), able in everywhere:
        name, occurrence = chance.choice(able)
        old = Path(file).read_text(encoding="utf-8")
        new = mutate_code(old, get_operator(name)(), occurrence)
        if new is None or meaning(new) in (None, meaning(old)):
            continue
        drawn += 1
        change = {"id": f"{seed}-{drawn:03d}", "file": file, "line": line, "how": name.removeprefix("core/")}
        sys.stdout.write(json.dumps({**change, "text": new}) + "\n")
        if drawn == int(number):
            return


if __name__ == "__main__":
    main()
