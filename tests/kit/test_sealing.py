"""A sealed value opens with its key, at its place, unchanged; and in no other way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paivand_kit.sealing import UnreadableError, new_key, seal, unseal

KEY = new_key()


@given(st.binary(), st.binary())
def test_what_was_sealed_is_what_is_opened(value: bytes, place: bytes) -> None:
    sealed = seal(KEY, value, place)
    assert unseal(KEY, sealed, place) == value
    assert seal(KEY, value, place) != sealed


@given(st.data())
def test_one_changed_bit_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, b"Zarina", b"here"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(UnreadableError):
        unseal(KEY, bytes(sealed), b"here")


@pytest.mark.parametrize("length", range(30))
def test_cut_value_is_refused(length: int) -> None:
    with pytest.raises(UnreadableError):
        unseal(KEY, seal(KEY, b"Zarina", b"here")[:length], b"here")


def test_another_key_or_place_opens_nothing() -> None:
    sealed = seal(KEY, b"Zarina", b"here")
    for key, place in ((new_key(), b"here"), (KEY, b"there"), (KEY, b"")):
        with pytest.raises(UnreadableError):
            unseal(key, sealed, place)
