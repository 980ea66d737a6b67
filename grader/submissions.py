"""What a class handed in: the notebooks to grade, and everything else with the reason why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from grader import exercise, identify, lms
from grader.archives import BadArchive, Unpacker, contents
from grader.choice import NOTEBOOK, HandedIn, NotGraded, Owned, choose
from grader.files import File, walk
from grader.grade import Task
from grader.session import TimeLimits

MAX_NESTING = 3  # archives within archives

LOOSE = (
    "It lies in no student's folder. Move it into a folder with the student's name and grade again."
)
NOBODYS = "It is not a notebook, and lies in no student's folder."
EARLIER = "It holds the results of an earlier grading."


class NoSubmissions(ValueError):
    """There is nothing to grade; the message says what the folder should look like."""


def find(folder: Path, unpacked: Path, out: Path | None = None) -> HandedIn:
    """Look through a folder with one folder per student, or what a learning platform hands out.

    Parameters
    ----------
    folder : Path
        The submissions: a folder, or a zip archive of a whole class.
    unpacked : Path
        An empty folder to which archives are unpacked; it is needed until all is graded.
    out : Path, optional
        Where results are written, which is no student's folder.

    Raises
    ------
    NoSubmissions
        If there is nothing to grade, and nothing that should have been.
    """
    not_graded: list[NotGraded] = []
    unpacker = Unpacker(unpacked)
    try:
        files = _unpacked(_top(folder, unpacker, out), unpacker)
    except OSError as error:
        raise NoSubmissions(
            f"The archives in {folder} cannot be unpacked ({error.strerror}). Make room, or let "
            "the variable TMPDIR name a folder that has some."
        ) from None
    owned = _by_student(files, not_graded)
    students = {}
    for student in sorted(owned):
        students[student], rows = choose(student, owned[student])
        not_graded += rows
    _refuse_if_misplaced(folder, students, not_graded, any(students.values()))
    return HandedIn(students, not_graded)


def _refuse_if_misplaced(
    folder: Path, students: Collection[str], not_graded: list[NotGraded], found_any: bool
) -> None:
    """Raise `NoSubmissions` if this is the folder of one student, or holds nothing to grade."""
    loose = any(row.student is None and row.is_work for row in not_graded)
    names = {Path(name).stem for slug in exercise.slugs() for name in exercise.file_names(slug)}
    if names.issuperset(students) and (students or loose):
        raise NoSubmissions(
            f"{folder} looks like the folder of one student: it holds no folders with students' "
            f"names. Give the folder above it, {folder.resolve().parent}."
        )
    if not found_any and not any(row.is_work for row in not_graded):
        raise NoSubmissions(
            f"{folder} holds no notebook of the workbook. Expected are files such as "
            f"{folder}/STUDENT/{exercise.file_name(exercise.slugs()[0])}."
        )


def tasks(
    handed_in: HandedIn, seed: int, isolated: bool, limits: TimeLimits, follow: bool = False
) -> list[Task]:
    """All tasks, exercise by exercise, so that a worker seldom needs another warm parent."""
    pairs = (
        (slug, student, work.path)
        for student, works in handed_in.students.items()
        for slug, work in works.items()
    )
    return [
        Task(student, slug, path, seed, isolated, limits, follow)
        for slug, student, path in sorted(pairs)
    ]


def _top(folder: Path, unpacker: Unpacker, out: Path | None) -> list[File]:
    """What lies in the folder, or in the archive of a class."""
    try:
        if folder.is_file() and lms.is_zip(folder.name):
            archive = File((folder.name,), folder.name, folder.resolve())
            return _without_wrapper(unpacker.unpack(archive, (), is_class=True))
        if not folder.is_dir():
            raise NoSubmissions(
                f"{folder} is not a folder. Give the folder that holds the students', or a zip "
                "archive of it."
            )
        files = _without_export(walk(folder.resolve(), out and out.resolve()))
        return _classes(files, unpacker)
    except BadArchive as error:
        raise NoSubmissions(f"{folder}: {error}") from None
    except OSError as error:
        raise NoSubmissions(f"{folder} cannot be opened: {error.strerror}.") from None


def _classes(files: list[File], unpacker: Unpacker) -> list[File]:
    """The files; where all are archives of whole classes, what is in these.

    One archive among students' folders, or among archives of one student each, is never taken for a
    class: a student could put files with the names of others into it.
    """
    zips = [file for file in files if lms.is_zip(file.name) and not file.refused]
    others = [file for file in files if file.is_folder or NOTEBOOK.search(file.name)]
    try:
        if others or not zips or not all(_is_class(contents(file)) for file in zips):
            return files
    except BadArchive:
        return files
    inner = [
        one for file in zips for one in _without_wrapper(unpacker.unpack(file, (), is_class=True))
    ]
    return [*inner, *(file for file in files if file not in zips)]


def _without_export(files: list[File]) -> list[File]:
    """The files without the folder that Gradescope puts around all of them."""
    tops = {file.place[0] for file in files}
    if len(tops) != 1 or not lms.EXPORT.fullmatch(tops.pop()):
        return files
    return [replace(file, place=file.place[1:]) for file in files if len(file.place) > 1]


def _without_wrapper(files: list[File]) -> list[File]:
    """The files of a class's archive without a folder around all students' folders."""
    files = _without_export(files)
    inside = [file for file in files if len(file.place) > 1]
    folders = {file.place[1] for file in inside if len(file.place) > 2}
    loose = any(len(file.place) == 2 and NOTEBOOK.search(file.name) for file in inside)
    students = [name for name in folders if identify.by_name([name]) is None]
    if len({file.place[0] for file in files}) != 1 or loose or len(students) < 2:
        return files
    return [replace(file, place=file.place[1:]) for file in inside]


def _unpacked(files: list[File], unpacker: Unpacker, depth: int = 1) -> list[File]:
    """The files, with those in archives in place of the archives."""
    found: list[File] = []
    for file in files:
        if file.refused or file.is_folder or not lms.is_zip(file.name):
            found.append(file)
            continue
        owned = lms.owner(file.place) is not None
        place = file.place if owned else (Path(file.name).stem, file.name)
        try:
            if depth > MAX_NESTING:
                raise BadArchive("It is an archive within archives. Ask for the notebook itself.")
            inner = unpacker.unpack(file, place)
            found += _unpacked(inner, unpacker, depth + 1)
        except BadArchive as error:
            found.append(replace(file, refused=str(error), place=place))
    return found


def _is_class(files: Iterable[File]) -> bool:
    """Whether what is in an archive belongs to several students, by the names."""
    exercises: dict[str, set[str]] = defaultdict(set)
    for file in _without_wrapper(list(files)):
        first = file.place[0]
        if lms.MOODLE.fullmatch(first) or lms.CANVAS.fullmatch(first) or first == lms.METADATA:
            return True
        slug = identify.by_name(file.place[1:])
        if slug and len(file.place) > 1 and identify.by_name([first]) is None:
            exercises[slug].add(first)
    return any(len(tops) > 1 for tops in exercises.values())


def _by_student(files: list[File], not_graded: list[NotGraded]) -> dict[str, list[Owned]]:
    """The files of each student; what is nobody's goes to `not_graded`."""
    index = next((file.path for file in files if file.place == (lms.METADATA,)), None)
    entries = lms.gradescope(index) if index else {}
    earlier = set(_earlier_results(files))
    owned: dict[str, list[Owned]] = defaultdict(list)
    for file in files:
        first = file.place[0]
        if first in earlier:
            if len(file.place) == 1:
                not_graded.append(NotGraded(None, file.shown, None, EARLIER))
        elif entry := entries.get(first):
            for student in entry.students or (first,):
                own = lms.Owner(student, file.place[1:])
                owned[student].append(Owned(file, own, entry.handed_in))
        elif owner := lms.owner(file.place, file.is_folder):
            owned[owner.student].append(Owned(file, owner))
        elif file.path != index:
            is_work = bool(NOTEBOOK.search(file.name))
            reason = file.refused or (LOOSE if is_work else NOBODYS)
            slug = identify.by_name(file.place) if is_work else None
            not_graded.append(NotGraded(None, file.shown, slug, reason, is_work))
    return owned


def _earlier_results(files: list[File]) -> Iterator[str]:
    """Folders at the top that hold results and a report, and no notebook."""
    places = {file.place for file in files}
    notebooks = {file.place[0] for file in files if NOTEBOOK.search(file.name)}
    for file in files:
        first = file.place[0]
        holds = file.place[1:] == ("results.json",) and (first, "report", "index.html") in places
        if holds and first not in notebooks:
            yield first
