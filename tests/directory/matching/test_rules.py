"""What counts how much."""

from paivand_directory.matching.rules import Weights, reasons


def test_the_best_is_a_hundred() -> None:
    assert sum(Weights()) == 100


def test_reasons_name_each_obstacle() -> None:
    assert reasons("gender", is_full=False) == ["gender"]
    assert reasons(None, is_full=True) == ["full"]
    assert reasons(None, is_full=False) == []
