"""Which news a subscriber wants. Pure: no I/O."""

from collections.abc import Collection


def wants(kind: str, priority: str, *, kinds: Collection[str] | None, is_only_urgent: bool) -> bool:
    """Whether a subscription covers this news; `kinds` None means all kinds."""
    if kinds is not None and kind not in kinds:
        return False
    return not (is_only_urgent and priority == "routine")
