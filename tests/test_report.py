"""The class report: what it counts, what it shows, and that hostile names stay harmless."""

import random
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from grader import report

TITLES = {
    "1.1": "Time a function",
    "1.2": "Filter a light curve by keyword",
    "1.3": "Flux to magnitude",
    "1.4": "Apply a conversion to every record",
    "1.E1": "Remember results",
    "2.1": "Build a light curve",
    "2.2": "Length and indexing",
    "2.3": "Readable text",
    "2.4": "Bands and duration",
    "2.5": "A transient's light curve",
    "2.6": "Fold by period",
    "2.7": "Peak magnitude",
}
POINTS = {
    "ex01_advanced_functions": {"1.1": 3, "1.2": 3, "1.3": 2, "1.4": 2, "1.E1": 1, "1.E2": 1},
    "ex02_light_curve_classes": {
        "2.1": 2,
        "2.2": 2,
        "2.3": 1,
        "2.4": 1.5,
        "2.5": 1,
        "2.6": 1.5,
        "2.7": 1,
        "2.E1": 1,
        "2.E2": 1,
    },
}
HOSTILE = [
    "../../etc",
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(2)'>",
    "learner 07",
    "learner-07",
    "光度曲線",
    "\u202etxt.exe",
    "bytes \udcff",
    "con stellation " * 12,
]
MESSAGES = {
    "passed": "",
    "failed": "A record with `flux` equal to `flux_min` is missing.\nBounds are inclusive: use <=.",
    "error": "Your code raised `TypeError: <b>unsupported</b> operand` in line 7.",
    "timeout": "This took more than 10 s. Is there a loop that never ends?",
    "missing": "`filter_lightcurve` still raises NotImplementedError.",
}
MISCONCEPTIONS = {
    "1.2": "bounds_taken_as_exclusive",
    "1.3": "natural-logarithm",
    "2.6": "phase-counted-from-zero",
    "2.4": "duration-of-unsorted-times",
}


def part(id: str, status: str, points: float = 1.0, **more: Any) -> dict[str, Any]:
    """One part of a result."""
    slug = MISCONCEPTIONS.get(id) if status == "failed" else None
    return {
        "id": id,
        "points": points if status == "passed" else 0.0,
        "max_points": points,
        "bonus": ".E" in id,
        "status": status,
        "message": MESSAGES[status],
        "misconception": slug,
        "hint": "Look at the `<=` operator & think of the edges.",
        **more,
    }


def exercise(slug: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """One exercise of a submission, with the points of its parts."""
    return {
        "exercise": slug,
        "points": sum(p["points"] for p in parts if not p["bonus"]),
        "max_points": sum(p["max_points"] for p in parts if not p["bonus"]),
        "bonus": sum(p["points"] for p in parts if p["bonus"]),
        "seconds": 0.41,
        "parts": parts,
    }


def drawn(slug: str, skill: float, draw: random.Random) -> dict[str, Any]:
    """An exercise whose parts pass with the given probability."""
    wrong = ["failed", "failed", "failed", "error", "missing", "timeout"]
    ids = POINTS[slug]
    statuses = ["passed" if draw.random() < skill else draw.choice(wrong) for _ in ids]
    return exercise(slug, [part(i, s, ids[i]) for i, s in zip(ids, statuses, strict=True)])


def class_results(names: list[str], seed: int = 4) -> dict[str, Any]:
    """A class with learners of all skills; the last four are special cases."""
    draw = random.Random(seed)
    skills = [draw.betavariate(3, 1.2) for _ in names]
    work = [[drawn(slug, skill, draw) for slug in POINTS] for skill in skills]
    first, second = list(POINTS)[:2]
    broken = "The notebook could not be read: it is not valid JSON (line 1)."
    work[-1] = [exercise(s, [part(i, "missing", p) for i, p in POINTS[s].items()]) for s in POINTS]
    work[-2] = [drawn(second, 0.9, draw)]
    unread = [part(i, "error", p, message=broken) for i, p in POINTS[first].items()]
    work[-3][0] = exercise(first, unread)
    work[-4] = [exercise(s, [part(i, "passed", p) for i, p in POINTS[s].items()]) for s in POINTS]
    submissions = [{"student": n, "exercises": w} for n, w in zip(names, work, strict=True)]
    sandbox = "namespaces, Landlock, seccomp"
    return {"schema": 1, "seed": 20260301, "sandbox": sandbox, "submissions": submissions,
            "not_graded": ROWS}  # fmt: skip


NAMES = HOSTILE + [f"learner-{n:02}" for n in range(10, 25)]


def row(student: str | None, slug: str | None, reason: str, missing: bool) -> dict[str, Any]:
    """Something that was handed in and is not graded."""
    return {"student": student, "path": f"{student}/a <b>.ipynb", "exercise": slug,
            "reason": reason, "marks_missing": missing}  # fmt: skip


ROWS = [
    row("learner-12", "ex03_survey_classes", "worker <died>", True),
    row("only trouble", "ex01_advanced_functions", "disk full", True),
    row("closed folder", None, "no right to open it", True),
    row("learner-13", None, "It is not a notebook.", False),
    row("learner-14", "ex02_light_curve_classes", "It is another copy.", False),
    row(None, None, "It lies in no student's folder.", True),
]


class Page(HTMLParser):
    """Tags, links, ids and visible text of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.attributes if key == name]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a class of 24 learners and two whom the grader could not grade at all."""
    folder = tmp_path_factory.mktemp("class") / "report"
    index = report.write_report(class_results(NAMES), TITLES, folder)
    assert index == folder / "index.html"
    return folder


def learners(*works: list[dict[str, Any]]) -> list[report.Learner]:
    submissions = [{"student": f"s{n}", "exercises": work} for n, work in enumerate(works)]
    return report.gather({"submissions": submissions})


def one_exercise(*statuses: str, message: str | None = None) -> list[dict[str, Any]]:
    more = {} if message is None else {"message": message}
    return [exercise("ex01", [part(f"1.{n}", s, **more) for n, s in enumerate(statuses, 1)])]


def test_every_file_stays_in_the_report_folder(out: Path) -> None:
    outside = [path for path in out.parent.rglob("*") if out not in (path, *path.parents)]
    assert outside == []
    pages = list((out / "learners").iterdir())
    assert len(pages) == len(NAMES) + 2
    assert all(page.name.removesuffix(".html").replace("-", "a").isalnum() for page in pages)


def test_no_hostile_text_becomes_markup(out: Path) -> None:
    for path in out.rglob("*.html"):
        page, text = Page(path), path.read_text(encoding="utf-8")
        assert "<script>alert" not in text
        assert "<b>unsupported" not in text
        assert "img" not in page.tags
        assert page.tags.count("script") == (1 if path.name == "index.html" else 0)
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert all("default-src 'none'" in value for value in page.values("content")[:1])


def test_every_link_leads_somewhere_inside(out: Path) -> None:
    for path in out.rglob("*.html"):
        for link in Page(path).values("href"):
            file, _, anchor = link.partition("#")
            target = (path.parent / file).resolve() if file else path
            assert target.is_relative_to(out.resolve())
            assert not anchor or anchor in Page(target).values("id")


def test_index_shows_everybody_and_what_was_not_graded(out: Path) -> None:
    text = Page(out / "index.html").text
    assert all(name.strip() in text for name in NAMES if name.isprintable())
    assert "26 learners" in text
    assert "Not read, not graded, passed over" in text
    assert "worker <died>" in text
    assert "The notebook could not be read: it is not valid JSON" in text
    assert "The sandbox was off" not in text


def test_learner_page_tells_status_points_message_hint(tmp_path: Path) -> None:
    work = [drawn("ex01_advanced_functions", 0.0, random.Random(1))]
    work[0]["parts"][1] = part("1.2", "failed", 3.0)
    results = {"seed": 1, "sandbox": "none", "submissions": [{"student": "s", "exercises": work}]}
    report.write_report(results, TITLES, tmp_path)
    source = (tmp_path / "learners" / "s.html").read_text(encoding="utf-8")
    text = Page(tmp_path / "learners" / "s.html").text
    assert "<code>flux_min</code> is missing.\nBounds are inclusive: use &lt;=." in source
    assert "Filter a light curve by keyword" in text
    assert "Bounds taken as exclusive" in text
    assert "think of the edges" in text
    assert "1.E2" in text
    assert "The sandbox was off" in text
    assert "The sandbox was off" in Page(tmp_path / "index.html").text


def test_only_trouble_is_never_a_zero() -> None:
    by_name = {one.name: one for one in report.gather(class_results(NAMES))}
    table = report.columns(list(by_name.values()))
    assert [column.slug for column in table] == [*POINTS, "ex03_survey_classes"]
    assert by_name["learner-12"].troubles == {"ex03_survey_classes": "worker <died>"}
    for name in ("only trouble", "closed folder"):
        assert by_name[name] not in report.need_help(by_name.values(), table)
        assert not by_name[name].did_nothing
        assert by_name[name].unjudged
    assert by_name["closed folder"].summary(table) == "not graded"
    assert report.headline(by_name.values(), 20.0)["complete"] == len(NAMES) - 1


def test_an_earlier_mark_stands_where_the_new_one_is_missing() -> None:
    rows = [row("Vega", "ex01", "it died. The mark of an earlier grading stands.", True)]
    work = [{"student": "Vega", "exercises": one_exercise("passed")}]
    (vega,) = report.gather({"submissions": work, "not_graded": rows})
    assert vega.points == 1.0
    assert vega.troubles == {}
    assert vega.lacking == rows


def test_who_handed_in_something_else_is_told_from_who_did_nothing() -> None:
    results = {
        "submissions": [{"student": name, "exercises": []} for name in ("ada", "ben")],
        "not_graded": [row("ben", None, "It is not a notebook.", False)],
    }
    ada, ben = report.gather(results)
    assert ada.summary([]) == "did nothing"
    assert ben.summary([]) == "no notebook handed in"


def test_everything_left_out_is_on_the_page_and_on_its_learners(out: Path) -> None:
    text = Page(out / "index.html").text
    for one in ROWS:
        assert one["path"] in text
        assert one["reason"] in text
    assert "2 more files and folders passed over" in text
    assert "It is another copy." in Page(out / "learners" / "learner-14.html").text
    assert "no right to open it" in Page(out / "learners" / "closed-folder.html").text


def test_notes_times_and_other_seeds_are_told(tmp_path: Path) -> None:
    work = one_exercise("passed")[0] | {
        "note": "2 copies were handed in; `<b>.ipynb` is graded, the newest.",
        "submitted": "2026-03-05T11:00:00+01:00",
        "seed": 99,
    }
    results = {"seed": 1, "sandbox": "on",
               "submissions": [{"student": "s", "exercises": [work]}]}  # fmt: skip
    report.write_report(results, TITLES, tmp_path)
    page = Page(tmp_path / "learners" / "s.html")
    assert "2 copies were handed in; <b>.ipynb is graded, the newest." in page.text
    assert "Handed in 2026-03-05 10:00 UTC." in page.text
    assert "with the seed 99" in page.text


def test_one_result_without_walls_is_enough_for_a_warning(tmp_path: Path) -> None:
    work = [one_exercise("passed")[0] | {"sandbox": "off: no walls"}, *one_exercise("passed")]
    results = {"seed": 1, "sandbox": "namespaces",
               "submissions": [{"student": "s", "exercises": work}]}  # fmt: skip
    report.write_report(results, TITLES, tmp_path)
    assert "The sandbox was off" in Page(tmp_path / "index.html").text


def test_a_report_that_cannot_be_written_leaves_the_old_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = {"seed": 1, "sandbox": "on",
               "submissions": [{"student": "s", "exercises": one_exercise("passed")}]}  # fmt: skip
    report.write_report(results, TITLES, tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.html")}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        report.write_report(results | {"seed": 2}, TITLES, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_an_empty_class_and_empty_submissions_have_a_report(tmp_path: Path) -> None:
    results = {"seed": None, "sandbox": "", "submissions": []}
    assert report.write_report(results, {}, tmp_path / "a").is_file()
    results["submissions"] = [{"student": "s", "exercises": []}]
    assert report.write_report(results, {}, tmp_path / "b").is_file()


def test_misconceptions_are_counted_by_part_commonest_first() -> None:
    wrong = part("1.2", "failed"), part("1.3", "failed")
    works = [[exercise("ex01", list(wrong))], [exercise("ex01", [wrong[1]])]]
    found = report.misconceptions(learners(*works))
    assert [(one["slug"], one["part"]) for one in found] == [
        ("natural-logarithm", "1.3"),
        ("bounds_taken_as_exclusive", "1.2"),
    ]
    assert [one.name for one in found[0]["learners"]] == ["s0", "s1"]
    assert found[0]["message"] == MESSAGES["failed"]


def test_hardest_parts_leave_out_unread_notebooks_bonus_and_what_all_passed() -> None:
    unread = one_exercise("error", "error", "error", message="The notebook could not be read.")
    bonus = [exercise("ex01", [part("1.1", "passed"), part("1.E1", "missing")])]
    graded = one_exercise("passed", "failed", "missing"), one_exercise("passed", "passed", "failed")
    found = report.hardest(learners(*graded, unread, bonus))
    assert [(one["part"], one["rate"]) for one in found] == [("1.3", 0.0), ("1.2", 0.5)]
    assert found[0]["statuses"] == {"missing": 1, "failed": 1}


def test_equally_hard_parts_are_in_the_order_of_the_workbook() -> None:
    ids = ["10.2", "2.1", "10.10", "2.E1"]
    found = report.hardest(learners([exercise("ex10", [part(id, "failed") for id in ids])]))
    assert [one["part"] for one in found] == ["2.1", "10.2", "10.10"]


def test_unreadable_needs_the_same_error_in_more_than_one_part() -> None:
    same = one_exercise("error", "error", message="bad")[0]
    assert report.unreadable(same) == "bad"
    assert report.unreadable(one_exercise("error", message="bad")[0]) is None
    assert report.unreadable(one_exercise("missing", "missing", message="bad")[0]) is None
    assert report.unreadable(one_exercise("error", "passed", message="bad")[0]) is None


def test_headline_and_help() -> None:
    full, nothing = one_exercise("passed", "passed"), one_exercise("missing", "missing")
    class_ = learners(full, nothing, one_exercise("timeout", "timeout"), one_exercise("passed"))
    numbers = report.headline(class_, 2.0)
    assert (numbers["median"], numbers["full"], numbers["nothing"]) == (0.5, 1, 1)
    assert (numbers["timeouts"], numbers["timed_out"]) == (2, 1)
    table = report.columns(class_)
    assert [one.name for one in report.need_help(class_, table)] == ["s1", "s2"]
    assert class_[1].summary(table) == "did nothing"
    assert class_[2].summary(table) == "2 took too long"
    assert class_[0].summary(table) == ""
    more = [report.Column(slug, [], [], 10.0) for slug in ("ex02_a", "ex03_b")]
    assert class_[0].summary([*table, more[0]]) == "Exercise 2 not handed in"
    assert class_[0].summary([*table, *more]) == "2 exercises not handed in"


def test_a_notebook_that_was_not_read_has_not_crashed() -> None:
    (one,) = learners(one_exercise("error", "error", message="The notebook could not be read."))
    assert one.summary(report.columns([one])) == "Ex01 not read"


def test_columns_hold_every_part_that_anybody_has() -> None:
    first = [exercise("ex01", [part("1.1", "passed"), part("1.E1", "passed")])]
    second = [exercise("ex01", [part("1.1", "passed"), part("1.2", "passed")])]
    (column,) = report.columns(learners(first, second))
    assert (column.core, column.bonus, column.maximum) == (["1.1", "1.2"], ["1.E1"], 2.0)


def test_histogram_puts_full_marks_into_the_last_bin() -> None:
    assert report.histogram([0, 0.9, 1, 9.99, 10], 10) == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
    assert report.histogram([0.3], 1) == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert report.histogram([0, 0], 0)[0] == 2


def test_page_names_are_plain_and_unique() -> None:
    names = ["a b", "a-b", "a/b", "a-b-2", "..", "", "É", "x" * 300]
    pages = report.page_names(names)
    assert len({page.lower() for page in pages.values()}) == len(names)
    assert pages["a b"] == "a-b.html"
    assert pages[".."] == "learner.html"
    assert pages["É"] == "e.html"
    assert len(pages["x" * 300]) == 65


@pytest.mark.parametrize(("value", "text"), [(7.5, "7.5"), (10.0, "10"), (0, "0"), (1 / 3, "0.33")])
def test_numbers_have_no_trailing_zeros(value: float, text: str) -> None:
    assert report.number(value) == text


def test_prose_escapes_before_it_sets_code() -> None:
    assert report.prose("`<i>` & `a\nb`") == "<code>&lt;i&gt;</code> &amp; `a\nb`"


def test_words_of_slugs() -> None:
    assert report.readable("natural-logarithm_used") == "Natural logarithm used"
    assert report.exercise_title("ex10_bayesian_uncertainty") == "Exercise 10: Bayesian uncertainty"
    assert report.exercise_title("final_project") == "Final project"


@pytest.mark.parametrize("text", ["off", "none", "None", "", "no-sandbox", "OFF (--no-sandbox)"])
def test_a_missing_sandbox_is_noticed(text: str) -> None:
    assert report.sandbox_is_off(text)
    assert not report.sandbox_is_off("namespaces, no network")
    assert not report.sandbox_is_off("no network, Landlock")
