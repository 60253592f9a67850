"""Numbers that people read to each other on the phone: no vowels, no look-alikes, and a check character."""

import secrets

from stdnum.iso7064 import mod_37_36

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH = 9


def new_number(prefix: str) -> str:
    """A random number such as `R-7K2M-9QXD-4D`; the last character is the check (ISO 7064 hybrid system)."""
    digits = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    digits += mod_37_36.calc_check_digit(digits, ALPHABET)
    return f"{prefix}-{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def is_valid_number(number: str) -> bool:
    """Whether the check character fits: false for any single wrong character and for most swapped neighbours."""
    _, _, digits = number.upper().partition("-")
    digits = digits.replace("-", "")
    return (
        len(digits) == RANDOM_LENGTH + 1 and set(digits) <= set(ALPHABET) and mod_37_36.checksum(digits, ALPHABET) == 1
    )
