"""HTML comes from templates: no string of a module has a tag in it, and only style sheets skip escaping."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGES = ("helpers", "synthetic_data")
ELEMENTS = """
a abbr article aside b body br button caption circle code col colgroup data dd defs details div dl dt em
fieldset figcaption figure footer form g h1 h2 h3 h4 h5 h6 head header hr html i iframe img input
label legend li line link main mark meta nav noscript object ol option p path pattern picture
polygon polyline pre rect script section select small source span strong style sub summary sup svg
table tbody td template text textarea tfoot th thead time title tr u ul use video wbr
""".split()
# In a regular expression (?P<a>...) is a name.
TAG = re.compile(rf"(?<!\?P)</?(?:{'|'.join(ELEMENTS)})(?=[\s/>]|$)|<!doctype", re.IGNORECASE)
# By module: strings that look like a tag, and why they stay.
NO_HTML = {
    # The pattern that reads a finding from a notebook's output.
    "helpers/report/pages/page.py": {
        '<p class="(?:answer|finding)"[^>]*>(.*?)</p>',
        # The pattern that reads a number's measure back.
        '<data data-in="([^"]*)" data-measure="([^"]*)" data-of="([^"]*)" value="[^"]*">([^<]*)</data>',
    },
    # The pattern that finds the numbers outside of links.
    "helpers/report/templates.py": {
        r'(<a\b.*?</a>)|(<data data-in="([^"]*)" data-measure="(\w+)" [^>]*>[^<]*</data>)'
    },
    # The file of a cell in a traceback, as Jupyter names it.
    "synthetic_data/studies/levels/in_this_process.py": {"<code cell 1>"},
}
ENVIRONMENT = "helpers/report/templates.py"


@cache
def modules(project: Path) -> dict[str, ast.Module]:
    return {
        path.relative_to(project).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for package in PACKAGES
        for path in sorted((project / package).rglob("*.py"))
    }


def strings(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Give the strings of a module but its docstrings; of an f-string the whole, a 1 for each value."""
    if isinstance(node, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.Constant) else "1" for one in node.values]
        yield node.lineno, "".join(map(str, parts))
        for one in node.values:
            if isinstance(one, ast.FormattedValue):
                yield from strings(one)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.lineno, node.value
    else:
        for child in ast.iter_child_nodes(node):
            if not (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
                yield from strings(child)


def tags(place: str, tree: ast.Module) -> list[str]:
    return [
        f"{place}:{line}: {text}"
        for line, text in strings(tree)
        if TAG.search(text) and text not in NO_HTML.get(place, set())
    ]


def test_no_module_writes_html(project: Path) -> None:
    assert [found for place, tree in modules(project).items() for found in tags(place, tree)] == []


def test_a_planted_tag_is_found() -> None:
    planted = '''
"""A page <b>of words</b>."""
def page(rows, level):
    """Write <p>."""
    yield f"<p class={rows[0]}>"
    yield "".join(f"<h{level}>{row['<td>']}" for row in rows)
    return "a < b", r"(?P<a>x)", "<path of a file>", "</svg>", "x<br"
'''
    lines = [found.split(":")[1] for found in tags("planted.py", ast.parse(planted))]
    assert lines == ["5", "6", "6", "7", "7", "7"]


def test_every_exception_is_still_there(project: Path) -> None:
    trees = modules(project)
    gone = {
        place: allowed - {text for _, text in strings(trees[place])} for place, allowed in NO_HTML.items()
    }
    assert {place: texts for place, texts in gone.items() if texts} == {}


def test_one_module_makes_an_environment_and_declares_text_as_safe(project: Path) -> None:
    """Elsewhere Markup is only empty, and HTML is what a template gave."""
    makers = [
        place
        for place, tree in modules(project).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and (node.func.id == "Environment" or (node.func.id == "Markup" and node.args))
    ]
    assert set(makers) == {ENVIRONMENT}


def test_only_style_sheets_are_not_escaped(project: Path) -> None:
    unescaped = [
        (path.name, text)
        for package in PACKAGES
        for path in sorted((project / package).rglob("*.j2"))
        for text in re.findall(r"\{\{[^}]*\|\s*safe\b[^}]*\}\}", path.read_text(encoding="utf-8"))
    ]
    assert {text for _, text in unescaped} == {"{{ css | safe }}", "{{ style | safe }}"}
