"""Build the learners' notebooks from the sources in `solutions/`.

Jupytext reads the source; nbgrader's own preprocessors clear the solutions, lock the cells and
compute the checksums, so that every notebook is a valid nbgrader assignment as well.
"""

from __future__ import annotations

import ast
import logging
import re
import textwrap
from pathlib import Path
from typing import Any

from traitlets.config import Config

from grader.exercise import RELEASED, ROOT, file_name, in_folder, place
from grader.lean_imports import without_grammar

with without_grammar():
    import jupytext
    import nbformat
    from nbformat import NotebookNode
    from nbgrader.nbgraderformat import MetadataValidator
    from nbgrader.preprocessors import ClearSolutions, ComputeChecksums, LockCells

SOURCES = ROOT / "solutions"
FIRST_CELL = "from grader import check, hint, prior"
REGION = re.compile(r"^(?P<indent> *)### BEGIN SOLUTION *(?P<part>\S*)\n(?P<body>.*?)"
                    r"^ *### END SOLUTION\n?", re.MULTILINE | re.DOTALL)  # fmt: skip
GIVEN = re.compile(r"^ *### GIVEN (?P<part>\S+)\n", re.MULTILINE)
EARLIER = re.compile(r"solutions\.ex(\d\d)_\w+")
MAIN_GUARD = 'if __name__ == "__main__":\n'
DEMO_TAGS = ["demo", "raises-exception"]  # "Run all" goes on where a part is not written yet
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


class SourceError(ValueError):
    """A source that cannot be built; the message names the file, the cell and the remedy."""


def sources() -> list[Path]:
    """The sources of all exercises, in order."""
    return sorted(SOURCES.glob("ex[0-9][0-9]_*.py"))


def build(source: Path, filled: bool = False) -> str:
    """The notebook of `source` as JSON text: for learners, or with the reference left in place."""
    notebook = jupytext.read(source, fmt="py:percent")
    _refuse_faults(notebook.cells, source)
    notebook.metadata = NotebookNode(kernelspec=KERNEL, language_info={"name": "python"})
    notebook.cells = _cells(notebook.cells, source)
    stubs = [stub for cell in notebook.cells for stub in _stubs(cell, source)]
    if filled:
        _drop_markers(notebook)
    else:
        notebook = _clear(notebook, stubs)
    for preprocessor in (LockCells(), ComputeChecksums()):
        notebook, _ = preprocessor.preprocess(notebook, {})
    MetadataValidator().validate_nb(notebook)
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4) + "\n"


def write(folder: Path = RELEASED, filled: bool = False) -> list[Path]:
    """Build every exercise into `folder` and return the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / file_name(source.stem) for source in sources()]
    for source, path in zip(sources(), written, strict=True):
        path.write_text(build(source, filled), encoding="utf-8")
    return written


def stale() -> list[str]:
    """What keeps the committed notebooks from being a fresh build, one line per notebook."""
    fresh = {source.stem: build(source) for source in sources()}
    committed = {slug: path.read_text("utf-8") for slug, path in in_folder(RELEASED).items()}
    lines = [
        f"exercises/{file_name(slug)} has no source" for slug in committed.keys() - fresh.keys()
    ]
    for slug, text in fresh.items():
        if slug not in committed:
            lines.append(f"exercises/{file_name(slug)} is missing")
        elif committed[slug] != text:
            lines.append(f"exercises/{file_name(slug)} differs from solutions/{slug}.py")
    return sorted(lines)


def _refuse_faults(cells: list[NotebookNode], source: Path) -> None:
    """Raise `SourceError` for what would build a notebook that cannot be graded."""
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    seen: set[str] = set()
    for cell in cells:
        if cell.cell_type != "code":
            continue
        parts = _as_list(cell.metadata.get("part", []))
        regions = [region["part"] for region in REGION.finditer(cell.source)]
        for part in reversed(parts):
            if not re.search(rf"^#+ {re.escape(part)} \S", text, re.MULTILINE):
                raise SourceError(f"{source.name}: part {part} has no heading `### {part} ...`.")
            if part in seen:
                raise SourceError(f"{source.name}: two cells are marked as part {part}.")
            if len(parts) > 1 and part not in regions:
                raise SourceError(f"{source.name}: no region says `### BEGIN SOLUTION {part}`.")
        seen.update(parts)
        _refuse_faulty_regions(cell, parts, regions, source)


def _refuse_faulty_regions(
    cell: NotebookNode, parts: list[str], regions: list[str], source: Path
) -> None:
    first = cell.source.strip().partition("\n")[0]
    for marker in ("BEGIN SOLUTION", "END SOLUTION"):
        if cell.source.count(f"### {marker}") != len(regions):
            raise SourceError(
                f"{source.name}: ### BEGIN SOLUTION and ### END SOLUTION do not pair up in: {first}"
            )
    if bool(regions) != bool(parts):
        raise SourceError(f"{source.name}: a cell with a solution needs part=...: {first}")
    if parts and not cell.metadata.get("points"):
        raise SourceError(f"{source.name}: parts {parts} and their points do not pair up.")
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        raise SourceError(f"{source.name}: line {error.lineno} of {first!r}: {error.msg}") from None
    if any(_is_stray_import(node, tree, parts) for node in ast.walk(tree)):
        raise SourceError(
            f"{source.name}: an import from an earlier exercise must be "
            f"`from solutions.exNN_... import name`, at the left of a cell of given code: {first}"
        )


def _is_stray_import(node: ast.AST, tree: ast.Module, parts: list[str]) -> bool:
    """Whether a node imports from `solutions`, which learners lack, and cannot become `prior`."""
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] == "solutions" for alias in node.names)
    if not isinstance(node, ast.ImportFrom) or (node.module or "").split(".")[0] != "solutions":
        return False
    plain = all(alias.asname is None and alias.name != "*" for alias in node.names)
    given = node in tree.body and not parts
    return not (plain and given and EARLIER.fullmatch(node.module or ""))


def _cells(cells: list[NotebookNode], source: Path) -> list[NotebookNode]:
    """Learner's cells in order: imports of the grader, given text and code, parts, checks."""
    built: list[NotebookNode] = []
    checks: list[NotebookNode] = []
    for cell in cells:
        if cell.cell_type == "code" and all(old.cell_type != "code" for old in built):
            built.append(_code("setup", FIRST_CELL, locked=True))
        parts = _as_list(cell.metadata.pop("part", []))
        points = _as_list(cell.metadata.pop("points", []))
        if len(parts) != len(points):
            raise SourceError(f"{source.name}: parts {parts} and points {points} do not pair up.")
        of, given = cell.metadata.pop("of", ""), _names_given(cell, parts, source)
        built.append(_given(cell, f"cell-{len(built)}") if not parts else _solution(cell, parts))
        checks.extend(
            _check(part, worth, given=given.get(part), of=of)
            for part, worth in zip(parts, points, strict=True)
        )
        if parts and not of:  # a base class is checked below the class that inherits from it
            built.extend(sorted(checks, key=lambda check: place(check.metadata.workbook.part)))
            checks = []
    if checks:
        left = checks[0].metadata.workbook
        raise SourceError(f"{source.name}: no part of {left.of} follows {left.part}, of its base.")
    return built


def _names_given(cell: NotebookNode, parts: list[str], source: Path) -> dict[str, list[str]]:
    """What a cell gives of its parts, by their ids; the marks that say so are removed."""
    found: dict[str, list[str]] = {}
    for mark in GIVEN.finditer(cell.source):
        if mark["part"] not in parts:
            raise SourceError(f"{source.name}: {mark[0].strip()} is not in the cell of that part.")
        found.setdefault(mark["part"], []).append(_function_at(cell, mark.start(), source)[0])
    cell.source = GIVEN.sub("", cell.source)
    return found


def _given(cell: NotebookNode, cell_id: str) -> NotebookNode:
    """Text, given code, or a demonstration (the body of the main guard, tagged `demo`)."""
    if cell.cell_type == "markdown":
        return nbformat.v4.new_markdown_cell(cell.source, id=cell_id)
    if cell.source.startswith(MAIN_GUARD):
        body = textwrap.dedent(cell.source.removeprefix(MAIN_GUARD)).strip("\n")
        return nbformat.v4.new_code_cell(body, id=cell_id, metadata={"tags": DEMO_TAGS})
    return nbformat.v4.new_code_cell(_with_prior(cell.source), id=cell_id)


def _with_prior(source: str) -> str:
    """Imports from earlier exercises as calls of `prior`, which prefers the learner's own."""
    lines = source.split("\n")
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.ImportFrom) and (found := EARLIER.fullmatch(node.module or "")):
            names = [alias.name for alias in node.names]
            calls = [f'{name} = prior("{int(found[1])}", "{name}")' for name in names]
            lines[node.lineno - 1 : node.end_lineno] = calls
    return "\n".join(lines)


def _solution(cell: NotebookNode, parts: list[str]) -> NotebookNode:
    return _code(f"part-{_slug(parts[0])}", cell.source, solution=True)


def _check(part: str, points: float, **more: Any) -> NotebookNode:
    """The locked cell that checks one part. A bonus is worth no points of nbgrader's maximum."""
    cell = _code(f"check-{_slug(part)}", f'check("{part}")', locked=True, grade=True)
    cell.metadata.nbgrader["points"] = 0.0 if ".E" in part else float(points)
    cell.metadata["workbook"] = {"part": part, "points": float(points)}
    cell.metadata["workbook"].update({key: value for key, value in more.items() if value})
    return cell


def _code(name: str, source: str, **roles: bool) -> NotebookNode:
    flags = {"grade": False, "locked": False, "solution": False} | roles
    metadata = {"nbgrader": {"schema_version": 3, "grade_id": name, "task": False, **flags}}
    return nbformat.v4.new_code_cell(source, id=name, metadata=metadata)


def _stubs(cell: NotebookNode, source: Path) -> list[str]:
    """The stub of each solution region of a cell, in order."""
    regions = list(REGION.finditer(cell.source)) if cell.cell_type == "code" else []
    if not regions:
        return []
    first = cell.metadata.nbgrader.grade_id.removeprefix("part-").replace("-", ".")
    stubs = []
    for region in regions:
        name, doc = _function_at(cell, region.start(), source)
        if not doc:
            raise SourceError(f"{source.name}: {name} needs a docstring that specifies it.")
        part, task = region["part"] or first, doc.splitlines()[0]
        stub = f'raise NotImplementedError("{part} {name}: not written yet")'
        stubs.append(f"# TODO {part}: {task}\n{stub}")
    return stubs


def _function_at(cell: NotebookNode, place: int, source: Path) -> tuple[str, str]:
    """Qualified name and docstring of the function that a mark in a cell stands in."""
    line = cell.source.count("\n", 0, place) + 1
    functions = _functions(ast.parse(cell.source))
    around = [(end - start, name, doc) for start, end, name, doc in functions
              if start <= line <= end]  # fmt: skip
    if not around:
        raise SourceError(f"{source.name}: a solution stands outside of any function.")
    _, name, doc = min(around)
    return name, doc


def _functions(tree: ast.Module) -> list[tuple[int, int, str, str]]:
    """First line, last line, qualified name and docstring of every function and method."""
    found = []
    for node in tree.body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for item in members:
            if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
                doc = ast.get_docstring(item) or ""
                found.append((item.lineno, item.end_lineno or 0, prefix + item.name, doc))
    return found


def _clear(notebook: NotebookNode, stubs: list[str]) -> NotebookNode:
    """Let nbgrader clear the solutions, then give each region a stub of its own."""
    mark = "# nbgrader cleared this region"
    config = Config(ClearSolutions={"code_stub": {"python": mark}})
    clear = ClearSolutions(config=config, log=logging.getLogger("grader.build"))
    notebook, _ = clear.preprocess(notebook, {})
    remaining = iter(stubs)
    for cell in notebook.cells:
        cell.source = re.sub(
            rf"^( *){mark}$",
            lambda found: textwrap.indent(next(remaining), found[1]),
            cell.source,
            flags=re.MULTILINE,
        )
    return notebook


def _drop_markers(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.source = REGION.sub(lambda region: region["body"], cell.source).rstrip("\n")


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _slug(part: str) -> str:
    return part.replace(".", "-")
