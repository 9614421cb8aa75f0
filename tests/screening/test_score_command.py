import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from screening.rules.papers.pages import read_paper
from screening.rules.scales.faults import AnswerError
from screening.rules.scoring.outcomes import score
from tests.screening.instruments import KEYS, SLEEP, all_of, scale

RESULTS = {"total", "raw", "standard", "factors", "positives", "psdi", "band", "class"}
RESULTS |= {"critical", "critical_items", "valid", "rules"}


def scored(tmp_path: Path, key: str, text: str) -> dict[str, Any]:
    answers = tmp_path / "answers.json"
    answers.write_text(text, encoding="utf-8")
    out = io.StringIO()
    call_command("score", key, "--json", "--answers", str(answers), stdout=out)
    record: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return record


@pytest.mark.parametrize("key", KEYS)
def test_every_scale_prints_every_result(tmp_path: Path, key: str) -> None:
    answers = SLEEP if key == "psqi" else all_of(key, 1)
    record = scored(tmp_path, key, json.dumps(answers))
    assert record.keys() >= RESULTS
    assert all({"result", "value", "rule"} == rule.keys() for rule in record["rules"])


def test_what_a_scale_has_not_is_null(tmp_path: Path) -> None:
    record = scored(tmp_path, "phq9", "[0,1,2,3,0,1,2,3,1]")
    nothing = ("standard", "factors", "positives", "psdi", "class")
    assert [record[name] for name in nothing] == [None] * 5
    assert (record["total"], record["raw"], record["band"], record["critical_items"]) == (13, 13, "moderate", [9])


def test_items_answered_yes_are_enough_for_yes_or_no(tmp_path: Path) -> None:
    record = scored(tmp_path, "upi", '{"yes": [1, "2", 5, 61]}')
    assert (record["total"], record["class"], record["critical"], record["valid"]) == (2, 2, False, True)
    assert scored(tmp_path, "upi", '{"yes": [], "wish": true}')["class"] == 1
    assert scored(tmp_path, "upi", json.dumps([False] * 64))["class"] == 3


def test_answers_may_stand_by_item_and_with_seconds(tmp_path: Path) -> None:
    by_item = {f"q{item.code}": value for item, value in zip(scale("psqi").items, SLEEP, strict=False)}
    assert scored(tmp_path, "psqi", json.dumps(by_item))["total"] == 6
    hasty = {"answers": [0, 1, 2, 0, 1, 2, 0, 1, 1], "seconds": {"1": 1, "2": None}}
    assert scored(tmp_path, "phq9", json.dumps(hasty))["flags"] == ["too_fast"]
    assert scored(tmp_path, "phq9", json.dumps(hasty | {"seconds": None}))["valid"]


def test_a_gap_is_no_error_but_no_score_either(tmp_path: Path) -> None:
    record = scored(tmp_path, "phq9", "[null,1,2,3,0,1,2,3,1]")
    assert (record["total"], record["band"], record["valid"], record["critical"]) == (None, None, False, True)


WRONG = [
    ("phq9", "[1, 2", "answers: This is not JSON: line 1, column 6."),
    ("phq9", "", "answers: This is not JSON: line 1, column 1."),
    ("phq9", "[" * 90_000, "answers: This is nested too deeply."),
    ("phq9", "[NaN,0,0,0,0,0,0,0,0]", "answers: NaN is no number that can be kept."),
    ("phq9", "3", "answers: A paper is a list of answers, or an object with an answer for each item."),
    ("phq9", '{"answers": 3}', "answers: A paper is a list of answers, or an object with an answer for each item."),
    ("phq9", "[1, 2]", "answers: There are 2 answers, but the scale has 9 items."),
    ("phq9", "[7,0,0,0,0,0,0,0,0]", "item 1: 7 is not offered; the codes are 0, 1, 2, 3."),
    ("phq9", '{"1": 1, "1": 2}', "item 1: It is given twice."),
    ("phq9", '{"1": 1, "Q1": 2}', "item 1: It is given twice."),
    ("phq9", '{"10": 1}', "item 10: This scale has no such item."),
    ("phq9", '{"yes": [1]}', "yes: The items of this scale are not answered yes or no."),
    ("upi", '{"yes": 7}', "yes: “yes” must be a list of items."),
    ("upi", '{"yes": [65]}', "item 65: This scale has no such item."),
    ("upi", '{"yes": [true]}', "item true: This scale has no such item."),
    ("upi", '{"yes": [3, 4, 3]}', "item 3: It is given twice."),
    ("upi", '{"yes": ["wish"], "wish": false}', "item wish: It is given twice."),
    ("phq9", '{"answers": [0,0,0,0,0,0,0,0,0], "seconds": "1"}', "seconds: Seconds are given for each item"),
    ("phq9", '{"answers": [0,0,0,0,0,0,0,0,0], "seconds": [-1]}', "seconds: -1 is no number of seconds."),
]


@pytest.mark.parametrize(("key", "text", "told"), WRONG)
def test_a_paper_that_is_none_is_refused_with_its_place(key: str, text: str, told: str) -> None:
    with pytest.raises(AnswerError) as caught:
        answers, seconds = read_paper(scale(key), text)
        score(scale(key), answers, seconds)
    assert str(caught.value).startswith(told)


def run(*arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "manage.py", "score", *arguments]
    return subprocess.run(command, cwd=settings.BASE_DIR, input=given, capture_output=True, check=False)


def test_the_command_line_reads_standard_input_and_fails_in_one_sentence() -> None:
    done = run("gad7", "--json", given=b"[3,3,3,3,3,3,3]")
    assert json.loads(done.stdout.splitlines()[-1])["band"] == "severe"
    failed = run("gad7", "--json", given=b"[3,3,3,3,3,3,4]")
    assert (failed.returncode, failed.stdout) == (1, b"")
    assert failed.stderr.decode().strip() == "CommandError: item 7: 4 is not offered; the codes are 0, 1, 2, 3."


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"nowhere cannot be read: No such file or directory\."):
        call_command("score", "phq9", "--answers", str(tmp_path / "nowhere"))
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CommandError, match="this is not text in UTF-8"):
        call_command("score", "phq9", "--answers", str(binary))


def test_a_scale_may_be_a_file(tmp_path: Path) -> None:
    source = Path(settings.BASE_DIR, "screening", "scales", "gad7.json")
    assert scored(tmp_path, str(source), "[0,0,0,0,0,0,0]")["band"] == "minimal"
    assert scored(tmp_path, "GAD7", "[0,0,0,0,0,0,0]")["band"] == "minimal"
    with pytest.raises(CommandError, match=r"No scale is called “mood”\. There are: cesd gad7"):
        scored(tmp_path, "mood", "[]")
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    with pytest.raises(CommandError, match="format: This must be"):
        scored(tmp_path, str(wrong), "[]")
    wrong.write_bytes(b"\xff")
    with pytest.raises(CommandError, match="cannot be read"):
        scored(tmp_path, str(wrong), "[]")
