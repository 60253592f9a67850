"""Three-valued eligibility. Pure: conditions and what is known of a person in, verdicts out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from paivand_contracts.matching import Attribute, Criterion, Operator, Profile, Verdict

OLDEST = 130
RANGES = frozenset({Operator.WITHIN, Operator.ALL_WITHIN})
CODED = frozenset({Operator.ANY_OF, Operator.NONE_OF, Operator.COVERS})
YES_NO = frozenset({"yes", "no"})

OPERATORS: dict[Attribute, frozenset[Operator]] = {
    **dict.fromkeys(Attribute, CODED),
    # One place is asked for, so that `covers` would say no more than `any-of`.
    **dict.fromkeys((Attribute.AREA, Attribute.ORIGIN_AREA), frozenset({Operator.ANY_OF, Operator.NONE_OF})),
    Attribute.AGE: frozenset({Operator.WITHIN}),
    Attribute.CHILDREN: frozenset({Operator.WITHIN}),
    Attribute.CHILDREN_AGES: frozenset({Operator.ALL_WITHIN}),
}

CONDITION_COLUMNS: dict[str, bool] = {
    **{
        f"{attribute}_{operator}".replace("-", "_"): False
        for attribute, operators in OPERATORS.items()
        for operator in sorted(operators & CODED)
    },
    **{
        f"{attribute}_{end}".replace("-", "_"): True
        for attribute, operators in OPERATORS.items()
        for end in ("minimum", "maximum")
        if operators & RANGES
    },
}
"""All kinds of condition, named as columns are; whether it is a number (else codes)."""

VOCABULARY: dict[Attribute, frozenset[str]] = {
    Attribute.GENDER: frozenset({"female", "male", "other"}),
    Attribute.ACCESSIBILITY: frozenset({"wheelchair", "step-free", "sign-language", "large-print", "braille", "lift"}),
    Attribute.RESIDENCE_STATUS: frozenset(
        {"citizen", "permanent", "temporary", "asylum-seeker", "refugee", "stateless", "undocumented"}
    ),
    Attribute.DISABILITY: frozenset({"physical", "sensory", "intellectual", "psychosocial"}),
    Attribute.PREGNANT: YES_NO,
    Attribute.EXPLOITATION: frozenset(
        {
            "sexual",
            "labour",
            "domestic-servitude",
            "forced-marriage",
            "forced-begging",
            "forced-criminality",
            "organ-removal",
            "other",
        }
    ),
    Attribute.RISKS: frozenset(
        {"violence", "self-harm", "substance-use", "infectious-disease", "sought-by-exploiters"}
    ),
    Attribute.IDENTIFIED: YES_NO,
}
"""The codes of closed attributes; languages (BCP 47), countries (ISO 3166-1) and areas are open."""

QUESTIONS: dict[Attribute, str] = {
    Attribute.AGE: "How old is the person?",
    Attribute.GENDER: "What is the person's gender?",
    Attribute.CHILDREN: "How many children come along?",
    Attribute.CHILDREN_AGES: "How old are the children who come along?",
    Attribute.LANGUAGES: "Which languages does the person speak?",
    Attribute.ACCESSIBILITY: "What does the person need in order to use the place?",
    Attribute.CITIZENSHIP: "Which citizenship does the person have?",
    Attribute.RESIDENCE_STATUS: "What is the person's residence status?",
    Attribute.DISABILITY: "Does the person live with a disability, and of which kind?",
    Attribute.PREGNANT: "Is the person pregnant?",
    Attribute.EXPLOITATION: "Which types of exploitation has the person suffered?",
    Attribute.RISKS: "Are there risks that the service must know of?",
    Attribute.IDENTIFIED: "Have the police identified the person as a victim?",
    Attribute.AREA: "Where is help needed?",
    Attribute.ORIGIN_AREA: "Where does the person come from?",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of one attribute: codes, or the numbers between which the value lies (None: there is no value)."""

    codes: frozenset[str] = frozenset()
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """A condition that makes no sense: the field, the rule, and what to do."""

    field: str
    rule: str
    detail: str


def answers(profile: Profile) -> dict[Attribute, Answer]:
    """What is known; attributes of which nothing is known are missing."""
    known: dict[Attribute, Answer] = {}
    if profile.age is not None:
        known[Attribute.AGE] = Answer(low=profile.age.minimum, high=profile.age.maximum)
    if profile.children_ages is not None:
        ages = profile.children_ages
        known[Attribute.CHILDREN] = Answer(low=len(ages), high=len(ages))
        known[Attribute.CHILDREN_AGES] = Answer(low=min(ages, default=None), high=max(ages, default=None))
    coded: dict[Attribute, list[str] | str | bool | None] = {
        Attribute.GENDER: profile.gender,
        Attribute.LANGUAGES: profile.languages,
        Attribute.ACCESSIBILITY: profile.accessibility,
        Attribute.CITIZENSHIP: profile.citizenship,
        Attribute.RESIDENCE_STATUS: profile.residence_status,
        Attribute.DISABILITY: profile.disability,
        Attribute.PREGNANT: profile.pregnant,
        Attribute.EXPLOITATION: profile.exploitation,
        Attribute.RISKS: profile.risks,
        Attribute.IDENTIFIED: profile.identified,
        Attribute.AREA: with_wider(profile.area),
        Attribute.ORIGIN_AREA: with_wider(profile.origin_area),
    }
    known |= {attribute: Answer(_codes(value)) for attribute, value in coded.items() if value is not None}
    return known


def with_wider(area: str | None) -> list[str] | None:
    """The area and those in which it lies: what a service says of Khatlon holds for all districts of Khatlon."""
    if area is None:
        return None
    parts = area.split("-")
    return ["-".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _codes(value: list[str] | str | bool) -> frozenset[str]:
    if isinstance(value, bool):
        return frozenset({"yes" if value else "no"})
    return frozenset({value} if isinstance(value, str) else value)


def verdict(criterion: Criterion, known: Mapping[Attribute, Answer]) -> Verdict:
    """Whether the condition is met. SQL in matching/repository.py counts the same of many; a test compares them."""
    answer = known.get(criterion.attribute)
    if answer is None:
        return Verdict.UNKNOWN
    if criterion.operator in RANGES:
        return _within(criterion, answer)
    shared = answer.codes & set(criterion.codes)
    is_met = {
        Operator.ANY_OF: bool(shared),
        Operator.NONE_OF: not shared,
        Operator.COVERS: shared == answer.codes,
    }[criterion.operator]
    return Verdict.MET if is_met else Verdict.NOT_MET


def _within(criterion: Criterion, answer: Answer) -> Verdict:
    if answer.low is None or answer.high is None:
        return Verdict.MET
    lowest = 0 if criterion.minimum is None else criterion.minimum
    highest = max(answer.high, lowest) if criterion.maximum is None else criterion.maximum
    if lowest <= answer.low and answer.high <= highest:
        return Verdict.MET
    if criterion.operator is Operator.ALL_WITHIN or answer.high < lowest or answer.low > highest:
        return Verdict.NOT_MET
    return Verdict.UNKNOWN


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """All must be met: one that is not decides, else one that is not known."""
    found = set(verdicts)
    for decisive in (Verdict.NOT_MET, Verdict.UNKNOWN):
        if decisive in found:
            return decisive
    return Verdict.MET


def fault_of(criterion: Criterion) -> Fault | None:
    """What is wrong with a condition, if anything is."""
    if criterion.operator not in OPERATORS[criterion.attribute]:
        allowed = ", ".join(sorted(OPERATORS[criterion.attribute]))
        return Fault("operator", "operator", f"For this attribute send one of: {allowed}.")
    if criterion.operator in RANGES:
        return _fault_of_range(criterion)
    if not criterion.codes:
        return Fault("codes", "missing", "Send at least one code.")
    if criterion.minimum is not None or criterion.maximum is not None:
        return Fault("minimum", "unexpected", "This operator compares codes, not numbers.")
    return unknown_code(criterion.attribute, criterion.codes)


def _fault_of_range(criterion: Criterion) -> Fault | None:
    if criterion.codes:
        return Fault("codes", "unexpected", "This operator compares numbers, not codes.")
    if criterion.minimum is None and criterion.maximum is None:
        return Fault("maximum", "missing", "Send minimum or maximum or both.")
    if None not in (criterion.minimum, criterion.maximum) and (criterion.minimum or 0) > (criterion.maximum or 0):
        return Fault("maximum", "range", "Send a maximum that is not below minimum.")
    for end in ("minimum", "maximum"):
        if criterion.attribute is not Attribute.CHILDREN and (getattr(criterion, end) or 0) > OLDEST:
            return Fault(end, "age", f"Send an age of at most {OLDEST}.")
    return None


def unknown_code(attribute: Attribute, codes: Iterable[str]) -> Fault | None:
    """The first code that the attribute does not have."""
    vocabulary = VOCABULARY.get(attribute)
    if attribute is Attribute.CITIZENSHIP:
        for place, code in enumerate(codes):
            if not (len(code) == 2 and code.isalpha() and code.isupper()):
                return Fault(f"codes/{place}", "code", "Send a country's two letters (ISO 3166-1), such as TJ.")
    for place, code in enumerate(codes):
        if vocabulary is not None and code not in vocabulary:
            return Fault(f"codes/{place}", "code", f"Send one of: {', '.join(sorted(vocabulary))}.")
    return None
