"""What counts how much."""

from paivand_contracts.matching import Attribute, JudgedCriterion, Operator, Verdict
from paivand_directory.matching.rules import Weights, reasons


def judged(attribute: Attribute, verdict: Verdict) -> JudgedCriterion:
    return JudgedCriterion(attribute=attribute, operator=Operator.ANY_OF, codes=["x"], verdict=verdict)


def test_the_best_is_a_hundred() -> None:
    assert sum(Weights()) == 100


def test_reasons_name_each_obstacle() -> None:
    men, speaks = judged(Attribute.GENDER, Verdict.NOT_MET), judged(Attribute.LANGUAGES, Verdict.UNKNOWN)
    assert reasons([men, speaks], is_full=False) == ["gender"]
    assert reasons([speaks], is_full=True) == ["full"]
    assert reasons([men], is_full=True) == ["gender", "full"]
    assert reasons([speaks], is_full=False) == []
