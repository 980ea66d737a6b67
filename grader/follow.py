"""Follow-through: a part that fails because of an earlier one is judged with our code of that one.

A slip in 2.1 would otherwise cost all that is built on it. The rule that keeps this honest: *no
reference of a part is in a process while that part itself can still earn marks.* So parts are taken
in their order, each in a child of its own, with references only of earlier parts whose verdicts are
final, and only that one part is judged there. Nothing that this child says is shown to anybody: it
could quote the reference. What counts is which checks pass.
"""

from __future__ import annotations

import ast
import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence

from grader import dependence, references, splice
from grader.checking import PartResult, is_better
from grader.display import listed, share
from grader.exercise import STUB, Exercise, Part
from grader.notebook import Cell, Notebook


class FollowThrough:
    """What there is to judge again of a notebook, given the reference of its exercise."""

    def __init__(self, exercise: Exercise, notebook: Notebook, reference: str) -> None:
        self._exercise, self._notebook, self._reference = exercise, notebook, reference
        self._needs = needs(exercise, own_source(notebook))

    def lacking(self, part: Part, known: Mapping[str, PartResult]) -> list[Part]:
        """The earlier parts that a part needs and that do not pass, if it is worth a second look.

        It is not if the part passes, or is not written.
        """
        if known[part.id].passed or not is_written(part, self._notebook):
            return []
        needed = map(self._exercise.part, self._needs[part.id])
        return [one for one in needed if not known[one.id].passed]

    def notebook(self, part: Part, lacking: Sequence[Part]) -> Notebook:
        """The notebook with the reference of the parts that are `lacking`, to judge `part` in."""
        homes = {name: home for one in lacking for name, home in one.homes.items()}
        cells = [self._with_reference(cell, homes) for cell in self._notebook.cells]
        missing = [name for name in homes if not _is_defined(name, cells)]
        added = self._added([*_gone(homes, missing, cells), *missing])
        place = _place(part, added, cells)
        number = max((cell.number for cell in cells), default=0) + 1
        new = [Cell(number, added)] if added else []
        return Notebook([*cells[:place], *new, *cells[place:]], self._notebook.python)

    def _with_reference(self, cell: Cell, homes: Mapping[str, str]) -> Cell:
        """The cell with our definitions in place of its own; a class also gets what it lacks.

        They go into the class of a name, and into that which has it in the reference.
        """
        masked = dependence.masked(cell.source)
        tree = dependence.parsed(cell.source)
        classes = (
            {node.name for node in tree.body if isinstance(node, ast.ClassDef)} if tree else ()
        )
        ours = {**homes, **{home: home for home in homes.values()}}
        found = [
            name
            for name in ours
            if tree and (name.rpartition(".")[0] in classes or splice.defines(masked, name))
        ]
        if cell.given or not found:
            return cell
        for name in found:
            masked = splice.splice(masked, splice.extract(self._reference, ours[name], name))
        return Cell(cell.number, dependence.unmasked(masked))

    def _added(self, names: Collection[str]) -> str:
        """Code for what no cell defines: functions, and classes with these methods alone."""
        owners = dict.fromkeys(name.split(".")[0] for name in names)
        return "\n\n".join(self._definition(owner, names) for owner in owners)

    def _definition(self, owner: str, names: Collection[str]) -> str:
        """A function of the reference, or its class without the methods of all other parts."""
        tree = ast.parse(self._reference)
        node = next(one for one in tree.body if getattr(one, "name", "") == owner)
        if isinstance(node, ast.ClassDef):
            parts = {name for part in self._exercise.parts for name in part.all_names}
            others = parts.difference(names)
            node.body = [one for one in node.body if f"{owner}.{_name(one)}" not in others]
        return ast.unparse(node)


def needs(exercise: Exercise, own: str) -> dict[str, list[str]]:
    """For each part the earlier ones that the reference uses, or the learner's own code."""
    return dependence.needs(exercise, (references.source(exercise.slug) or "", own))


def own_source(notebook: Notebook) -> str:
    """The learner's own code, as far as it is Python."""
    sources = (cell.source for cell in notebook.cells if not cell.given)
    return "\n".join(source for source in sources if dependence.parsed(source))


def is_written(part: Part, notebook: Notebook) -> bool:
    """Whether the notebook has code for anything the part asks for that is not its stub."""
    return any(
        _is_defined(name, [cell]) and (part.id, name) not in STUB.findall(cell.source)
        for cell in notebook.cells
        for written in part.to_write
        for name in (written, part.homes[written])
    )


def better(old: PartResult, new: PartResult, lacking: Sequence[Part]) -> PartResult:
    """The verdict that counts, of the learner's own notebook and of the one with our code."""
    if not is_better(new, old):
        return old
    ids = tuple(part.id for part in lacking)
    if new.passed:
        return dataclasses.replace(new, followed=ids)
    count = share(new.checks_passed, len(new.checks))
    open_ = " ".join(f"{title}." for title, outcome in new.checks.items() if outcome != "passed")
    says = f"With our {listed(ids)} in place of yours, {count}. What does not pass: {open_}"
    return dataclasses.replace(
        new, message=says, broke="", followed=ids, code="", told="", failures={}, named=frozenset()
    )


def blamed(result: PartResult, needed: Sequence[str], passed: Mapping[str, bool]) -> PartResult:
    """The result, with a word on the earlier parts it needs that are known not to pass.

    One that is not written says so itself.
    """
    failed = [part for part in needed if passed.get(part) is False]
    if result.status in ("passed", "missing") or not failed:
        return result
    begin = "has not passed yet: begin there"
    if len(failed) > 1:
        begin = f"have not passed yet: begin with {failed[0]}"
    says = f"This part uses {listed(failed)}, which {begin}."
    return dataclasses.replace(result, message=f"{result.message} {says}")


def all_blamed(exercise: Exercise, results: Sequence[PartResult], own: str) -> list[PartResult]:
    """The results on all parts, each that fails with a word on the earlier parts that do."""
    if all(result.passed for result in results):
        return list(results)
    needed = needs(exercise, own)
    passed = {result.part.id: result.passed for result in results}
    return [blamed(result, needed[result.part.id], passed) for result in results]


def _is_defined(name: str, cells: Collection[Cell]) -> bool:
    if "." not in name:
        return any(cell.mentions(name) for cell in cells)
    sources = (cell.source for cell in cells if dependence.parsed(cell.source))
    return any(splice.defines(dependence.masked(source), name) for source in sources)


def _gone(
    homes: Mapping[str, str], missing: Collection[str], cells: Collection[Cell]
) -> Iterator[str]:
    """Members of a base class that is nowhere, perhaps for a mistake of syntax, though it is used.

    What is `missing` uses it in our definition.
    """
    used = {base for cell in cells if not cell.given for base in _bases(cell.source)}
    for name, home in homes.items():
        needed = name in missing or home.split(".")[0] in used
        if home != name and needed and not _is_defined(home, cells):
            yield home


def _bases(source: str) -> Iterator[str]:
    """The names of the classes that those in a cell inherit from."""
    tree = dependence.parsed(source)
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef)) if tree else ()
    return (base.id for node in classes for base in node.bases if isinstance(base, ast.Name))


def _place(part: Part, added: str, cells: Sequence[Cell]) -> int:
    """Where added code goes: before the first cell that uses it, or else before the check."""
    names = {_name(node) for node in ast.parse(added).body}
    for place, cell in enumerate(cells):
        if not cell.given and names & cell.words:
            return place
    checks = (place for place, cell in enumerate(cells) if part.id in cell.checks)
    return next(checks, len(cells))


def _name(node: ast.AST) -> str:
    return getattr(node, "name", "")
