"""Try out the mutants of a part, of an exercise, or of all, and list the survivors."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from grader import exercise
from mutation import listed, mutants
from mutation.mutants import Mutant
from mutation.record import Record
from mutation.report import Report
from mutation.trial import Outcome, try_out


def main() -> int:
    """Return 1 if a list is at fault, or if the checks kill less than they did once."""
    asked = _arguments()
    slugs = [exercise.find(asked.part).slug] if asked.part else exercise.slugs()
    return max([_exercise(slug, asked) for slug in slugs])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("make mutants", description=__doc__)
    parser.add_argument("part", nargs="?", default="", help="2.3, or 2 for all of Exercise 2")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("-n", "--sample", type=int, help="try out so many of each exercise")
    parser.add_argument("-o", "--out", type=Path, help="append what is told to this file as well")
    parser.add_argument("-e", "--entries", action="store_true", help="show the entries of a list")
    return parser.parse_args()


def _exercise(slug: str, asked: argparse.Namespace) -> int:
    every = mutants.of(slug)
    wanted = [m for m in every if "." not in asked.part or m.part == asked.part]
    if asked.sample:
        wanted = mutants.sample(wanted, asked.sample)
    report = Report(slug, _outcomes(slug, wanted, asked.jobs))
    faults = [f"{slug[:4]}.toml lists {id}, which is no mutant" for id in listed.gone(slug, every)]
    floor = listed.floors().get(slug[:4], 0.0)
    if len(wanted) == len(every) and report.score < floor:
        faults.append(f"{slug}: {floor}% were killed once")
    text = "\n".join([*report.lines(asked.entries), *faults])
    print(text, flush=True)
    if asked.out:
        with asked.out.open("a", encoding="utf-8") as file:
            file.write(text + "\n")
    return int(bool(faults))


def _outcomes(slug: str, wanted: list[Mutant], jobs: int) -> dict[Mutant, Outcome]:
    """What is known from earlier runs, and what is found out now, in the order of the source."""
    record = Record(slug)
    found = {mutant: known for mutant in wanted if (known := record.get(mutant))}
    left = [mutant for mutant in wanted if mutant not in found]
    terminal = sys.stderr if sys.stderr.isatty() else None

    def told(mutant: Mutant, outcome: Outcome) -> None:
        record.add(mutant, outcome)
        found[mutant] = outcome
        print(f"{slug}: {len(found)} of {len(wanted)}", end="\r", file=terminal or sys.stdout)

    try_out(left, jobs, told, thorough=True)
    return {mutant: found[mutant] for mutant in sorted(wanted, key=lambda mutant: mutant.line)}


if __name__ == "__main__":
    sys.exit(main())
