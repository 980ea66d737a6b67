"""Mutants of the references: they are found again, judged rightly, and killed as they once were."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from answer_files import reference
from mutation import listed, mutants, trial
from mutation.listed import FaultyList
from mutation.mutants import Mutant
from mutation.record import Record
from mutation.report import Report
from mutation.source import Edit, Source
from mutation.trial import Outcome, try_out

from grader import exercise

SLUGS = exercise.slugs()
QUICK = SLUGS[0]
SAMPLE = 12  # of each exercise


def outcomes(tried: list[Mutant]) -> dict[Mutant, Outcome]:
    found: dict[Mutant, Outcome] = {}
    try_out(tried, 2, found.__setitem__)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_a_sample_is_killed_as_once_it_was(slug: str) -> None:
    """Of a sample, no more survive than the score that was reached makes likely, rounded up."""
    unlisted = [m for m in mutants.of(slug) if m.id not in listed.reasons(slug)]
    report = Report(slug, outcomes(mutants.sample(unlisted, SAMPLE)))
    allowed = math.ceil((1 - listed.floors()[slug[:4]] / 100) * len(report.outcomes))
    assert len(report.survivors) <= allowed, "\n".join(report.lines())


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_lists_speak_of_mutants_that_exist(slug: str) -> None:
    assert listed.gone(slug, mutants.of(slug)) == []


def test_an_edit_elsewhere_leaves_the_ids_as_they_are() -> None:
    text = reference(QUICK)
    found = [mutant.id for mutant in mutants.of(QUICK)]
    moved = mutants.found_in(Source(QUICK, f"# a line more\n{text}"))
    assert [mutant.id for mutant in moved] == found
    assert len(set(found)) == len(found)


def test_a_mutant_is_the_reference_with_the_change_that_it_shows() -> None:
    mutant = next(m for m in mutants.of(QUICK) if m.kind == "comparison")
    before, after = reference(QUICK).splitlines(), mutant.code.splitlines()
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert [(a.strip(), b.strip()) for a, b in changed] == [(mutant.old, mutant.new)]


def test_an_unknown_entry_and_one_without_a_reason_are_errors(tmp_path: Path) -> None:
    lists = tmp_path / f"{QUICK[:4]}.toml"
    lists.write_text('["1.1-raise-00000000"]\nfree = "for a test"\n', "utf-8")
    assert listed.gone(QUICK, mutants.of(QUICK), tmp_path) == ["1.1-raise-00000000"]
    lists.write_text('["1.1-raise-00000000"]\n', "utf-8")
    listed.reasons.cache_clear()
    with pytest.raises(FaultyList, match="give a reason"):
        listed.reasons(QUICK, tmp_path)


def test_what_never_ends_ends_the_process_or_cannot_be_imported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trial, "SECONDS", 0.4)
    one = mutants.of(QUICK)[0]
    sleeps = "import signal, time; signal.setitimer(signal.ITIMER_REAL, 0); time.sleep(99)"
    lines = {"timeout": sleeps, "died": "import os; os._exit(3)"}
    tried = {status: in_place_of(one, line) for status, line in lines.items()}
    for status, line in {"broken": "import no_such_module", "survived": "# as before"}.items():
        tried[status] = replace(one, id=status, edits=(Edit(0, 0, f"{line}\n"),))
    found = outcomes(list(tried.values()))
    assert {status: found[mutant].status for status, mutant in tried.items()} == {
        status: status for status in tried
    }


def in_place_of(mutant: Mutant, line: str) -> Mutant:
    """A mutant whose region begins with a line of its own."""
    source = Source(QUICK, reference(QUICK))
    region = next(one for one in source.regions if one.name == mutant.name)
    return replace(mutant, id=line, edits=(Edit(region.start, region.start, f"{line}\n    "),))


def test_a_record_is_read_again_as_long_as_the_checks_are_the_same(tmp_path: Path) -> None:
    one, other = mutants.of(QUICK)[:2]
    Record(QUICK, tmp_path).add(one, Outcome("killed", "test_it"))
    again = Record(QUICK, tmp_path)
    assert again.get(one) == Outcome("killed", "test_it")
    assert again.get(other) is None
