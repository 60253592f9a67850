"""What a service entry must fulfil beyond the shape of its fields. Pure: codes and numbers in, the broken rule out."""


def is_age_range(minimum_age: int | None, maximum_age: int | None) -> bool:
    """Whether somebody can be of an age in the range; an open end is no limit."""
    return minimum_age is None or maximum_age is None or minimum_age <= maximum_age


def without_repeats(codes: list[str]) -> list[str]:
    """The codes in the order in which they were first given."""
    return list(dict.fromkeys(codes))
