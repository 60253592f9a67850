"""The files of the jurisdictions: what they hold is true, and a wrong one is not taken."""

from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest
from paivand_referral.deadlines.rule_sets import HEARING, load, newest
from paivand_referral.deadlines.rules import Direction

SETS = load()
TAJIKISTAN = newest(SETS, "tj")
SAMPLE = newest(SETS, "sample")
assert TAJIKISTAN
assert SAMPLE


@pytest.mark.parametrize("year", range(TAJIKISTAN.calendar.covers_from, TAJIKISTAN.calendar.covers_to + 1))
def test_tajikistans_holidays_are_those_of_the_holidays_library(year: int) -> None:
    theirs = holidays.country_holidays("TJ", years=year, language="en_US")
    for number in range(366):
        day = date(year, 1, 1) + timedelta(days=number)
        if day.year == year:
            ours = TAJIKISTAN.calendar.holidays_on(day)
            assert bool(ours) == (day in theirs), day
            assert any(is_estimated for _, is_estimated in ours) == ("(estimated)" in theirs.get(day, "")), day


def test_tajikistan_claims_no_period_of_law_and_the_sample_says_what_it_is() -> None:
    assert TAJIKISTAN.rules == ()
    assert not TAJIKISTAN.is_sample
    assert SAMPLE.is_sample
    assert "Sample" in SAMPLE.name
    assert "no country" in SAMPLE.name


def test_only_what_hangs_on_a_hearing_is_counted_back() -> None:
    assert all((each.trigger == HEARING) == (each.period.direction is Direction.BEFORE) for each in SAMPLE.rules)
    assert len({each.code for each in SAMPLE.rules}) == len(SAMPLE.rules)


OWN = """
jurisdiction = "kg"
version = {version}
name = "Own"
is_sample = false
zone = "Asia/Bishkek"
source = "Checked by our lawyers"
[calendar]
covers_from = 2026
covers_to = 2027
rest_days = [5, 6]
[[rules]]
code = "appeal"
name = "Appeal"
trigger = "judgment-served"
period = {{ count = {count}, unit = "calendar-days" }}
"""


def test_an_operators_files_come_beside_ours_and_the_newest_version_counts(tmp_path: Path) -> None:
    for version, count in ((1, 10), (2, 15)):
        (tmp_path / f"kg-{version}.toml").write_text(OWN.format(version=version, count=count))
    sets = load(tmp_path)
    own = newest(sets, "kg")
    assert own
    assert own.version == 2
    assert own.rules[0].period.count == 15
    assert sets["kg", 1].rules[0].period.count == 10
    assert newest(sets, "tj") == TAJIKISTAN
    assert newest(sets, "xx") is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("kg-2.toml", OWN.format(version=1, count=10)),
        ("tj-1.toml", OWN.format(version=1, count=10)),
        ("kg-1.toml", OWN.format(version=1, count=0)),
        ("kg-1.toml", OWN.format(version=1, count=10).replace("Asia/Bishkek", "Asia/Atlantis")),
        ("kg-1.toml", OWN.format(version=1, count=10).replace("rest_days", "days_of_rest")),
        ("kg-1.toml", OWN.format(version=1, count=10) + "unknown = 1\n"),
    ],
)
def test_a_wrong_file_is_not_taken(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises((ValueError, KeyError)):
        load(tmp_path)
