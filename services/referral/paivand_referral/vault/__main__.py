"""The operator's commands of the vault: `python -m paivand_referral.vault init`."""

import argparse
import os
from pathlib import Path

from ..identities.index import BlindIndex
from .keys import LocalKeyFile


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m paivand_referral.vault", description=__doc__)
    commands = parser.add_subparsers(required=True, dest="command")
    commands.add_parser("init", help="make the two key files, unless they are there")
    parser.parse_args(arguments)
    LocalKeyFile.create(Path(os.environ["PAIVAND_VAULT_KEY_FILE"]))
    BlindIndex.create(Path(os.environ["PAIVAND_INDEX_KEY_FILE"]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
