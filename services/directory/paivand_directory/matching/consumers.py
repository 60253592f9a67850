"""Matching as other services ask for it, over NATS."""

from paivand_contracts.matching import MATCH, MatchReply, MatchRequest
from paivand_kit.database import Database
from paivand_kit.jobs import Job
from paivand_kit.messaging import Messaging
from paivand_kit.problems import ProblemError

from . import service


def answering(database: Database, messaging: Messaging) -> Job:
    """The job that answers."""

    async def answer(asked: MatchRequest) -> MatchReply:
        try:
            async with database.transaction() as session:
                return MatchReply(answer=await service.match(session, asked))
        except ProblemError as problem:
            return MatchReply(problem=problem.kind, detail=problem.detail)

    return messaging.respond(MATCH, "directory", MatchRequest, answer)
