"""Signed notes: what is signed can be read, and nothing else."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paivand_kit.audit import notes

NAME = notes.chain_name("referral")
HEAD = notes.Head(1207, b"\x01" * 32, datetime(2026, 11, 24, 10, tzinfo=UTC))


def test_a_signed_head_is_read_with_the_published_key() -> None:
    key = Ed25519PrivateKey.generate()
    name, public = notes.read_verifier_key(notes.verifier_key(NAME, key.public_key()))
    assert notes.read_note(notes.sign(NAME, key, HEAD), name, public) == HEAD


@pytest.mark.parametrize(
    ("old", "new"),
    [("1207", "1208"), ("2026-11-24", "2026-11-25"), ("AQEB", "AQEC"), ("paivand.referral", "paivand.notify")],
)
def test_a_changed_note_is_refused(old: str, new: str) -> None:
    key = Ed25519PrivateKey.generate()
    note = notes.sign(NAME, key, HEAD)
    assert old in note
    with pytest.raises(notes.BadNoteError):
        notes.read_note(note.replace(old, new, 1), NAME, key.public_key())


def test_a_note_of_another_key_is_refused() -> None:
    note = notes.sign(NAME, Ed25519PrivateKey.generate(), HEAD)
    with pytest.raises(notes.BadNoteError):
        notes.read_note(note, NAME, Ed25519PrivateKey.generate().public_key())


def test_a_file_holds_one_note_after_the_other() -> None:
    key = Ed25519PrivateKey.generate()
    written = [notes.sign(NAME, key, notes.Head(size, b"\x02" * 32, HEAD.signed_at)) for size in (1, 2, 3)]
    assert notes.split_notes("".join(f"{note}\n" for note in written)) == written


def test_the_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    file = tmp_path / "referral.key"
    made = notes.load_or_make_key(file)
    assert notes.load_or_make_key(file).private_bytes_raw() == made.private_bytes_raw()
    assert file.stat().st_mode & 0o777 == 0o600
