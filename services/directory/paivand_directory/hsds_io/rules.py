"""Which of our units a unit of a feed is. Pure."""

from paivand_contracts.capacity import CapacityUnit

ALSO_CALLED = {
    CapacityUnit.BED: ("beds", "place", "places", "shelter bed", "shelter beds"),
    CapacityUnit.FAMILY_ROOM: ("family rooms", "room", "rooms", "unit for families"),
    CapacityUnit.APPOINTMENT_SLOT: ("appointment slots", "appointment", "appointments", "slot", "slots", "session"),
    CapacityUnit.CASELOAD: ("case", "cases", "client", "clients"),
}
_UNITS: dict[str, str] = {
    **{unit.value.replace("-", " "): unit.value for unit in CapacityUnit},
    **{name: unit.value for unit, names in ALSO_CALLED.items() for name in names},
}


def unit_of(name: str, identifier: str | None) -> str | None:
    """The code of our unit that goes by this identifier or name; None when there is none."""
    called = (each.strip().casefold().replace("-", " ") for each in (identifier, name) if each)
    return next((_UNITS[each] for each in called if each in _UNITS), None)
