"""The operators' erasure: `python -m paivand_referral.erasures NUMBER REASON`. Prints the receipt as JSON."""

import argparse
import asyncio
import json
import os
import sys
from typing import Any

from paivand_kit.database import Database
from paivand_kit.problems import ProblemError

from .schemas import Erasure, ErasureReason
from .service import erase_numbered


async def erase(number: str, reason: ErasureReason) -> dict[str, Any]:
    """Erases in one transaction of its own."""
    database = Database(os.environ["PAIVAND_DATABASE_URL"], pool_size=1)
    try:
        async with database.transaction() as session:
            return await erase_numbered(session, number, reason)
    finally:
        await database.close()


def main(arguments: list[str] | None = None) -> int:
    """Runs the command; the exit code is 1 when it was refused."""
    parser = argparse.ArgumentParser(prog="python -m paivand_referral.erasures", description=__doc__)
    parser.add_argument("number", help="the case's number, e.g. C-7K2M-9QXD-4D")
    parser.add_argument("reason", choices=[reason.value for reason in ErasureReason])
    given = parser.parse_args(arguments)
    try:
        receipt = asyncio.run(erase(given.number, ErasureReason(given.reason)))
    except ProblemError as refused:
        print(refused.detail, file=sys.stderr)  # noqa: T201 - a command
        return 1
    print(json.dumps(Erasure.model_validate(receipt).model_dump(mode="json"), indent=2))  # noqa: T201 - a command
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
