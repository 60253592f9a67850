"""Puts the parts of a service together; each service's `app.py` calls it and shows what it is made of."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from paivand_contracts.problems import Problem
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from . import docs_page, dpop, idempotency, problems, telemetry
from .audit.chain import Chain
from .audit.endpoints import OwnsCase, audit_router
from .audit.trail import CHANGING, AuditedRoute
from .caller import Requires, TokenVerifier
from .database import Database
from .dpop import ProofVerifier
from .jobs import Job
from .jobs import running as jobs_running
from .json_limits import LimitedRoute
from .leadership import run_every
from .messaging import Messaging
from .secret_links import SecretLink
from .settings import ServiceSettings

log = logging.getLogger(__name__)


class Service:
    """What a running service has: its connections. Nothing connects before the application starts."""

    def __init__(self, name: str, settings: ServiceSettings, verifier: TokenVerifier | None = None) -> None:
        telemetry.configure(name, level=settings.log_level)
        self.name = name
        self.database = Database(settings.database_url.get_secret_value(), pool_size=settings.database_pool_size)
        self.messaging = Messaging(settings)
        self.verifier = verifier or TokenVerifier(
            issuer=settings.issuer, audience=settings.audience, jwks_url=settings.jwks_url
        )
        self._idempotency_secret = settings.idempotency_secret
        self.proofs = ProofVerifier(self.database, settings.public_url)
        self._chain = Chain(name, self.database, settings.audit_folder, head_seconds=settings.audit_head_seconds)
        self._tasks: Sequence[asyncio.Task[None]] = ()
        if telemetry.is_exporting():
            for engine in self.database.engines:
                telemetry.trace_sql(engine)

    def application(
        self,
        *,
        title: str,
        description: str,
        routers: Sequence[APIRouter],
        jobs: Callable[[], Sequence[Job]],
        tags: Sequence[dict[str, str]] = (),
        owns_case: OwnsCase | None = None,
    ) -> FastAPI:
        """The ASGI application. `jobs` gives what runs beside the requests until the service stops.

        `owns_case` opens the audit trail of a case to the managers of its organization.

        Raises:
            RuntimeError: an endpoint names no permission or more than one, or leaves no entry in the audit trail.
        """
        root = f"/{self.name}/v1"
        app = FastAPI(
            title=title,
            description=description,
            version="1",
            openapi_url=f"{root}/openapi.json",
            docs_url=None,
            redoc_url=None,
            openapi_tags=list(tags),
            lifespan=self._lifespan(jobs),
            # FastAPI's own telemetry would put query strings and refused input values into spans and logs.
            telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
        )
        app.state.database = self.database
        app.state.verifier = self.verifier
        app.state.idempotency_secret = self._idempotency_secret
        app.state.proofs = self.proofs
        problems.install(app)
        app.add_middleware(telemetry.TelemetryMiddleware)
        _install_replays(app)
        for router in (*routers, audit_router(self.name, owns_case)):
            app.include_router(router)
        _check_endpoints(app)
        _document_problems(app)
        docs_page.add(app, root)
        self._add_health(app)
        return app

    def _lifespan(self, jobs: Callable[[], Sequence[Job]]) -> Callable[[FastAPI], Any]:
        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
            forget = run_every(600, "forget idempotency keys", lambda: idempotency.forget_old_keys(self.database))
            forget_proofs = run_every(60, "forget DPoP proofs", lambda: dpop.forget_old_proofs(self.database))
            own = (self.messaging.run(), self._chain.run(), forget, forget_proofs)
            async with jobs_running(*own, *jobs()) as self._tasks:
                yield
            await self.database.close()

        return lifespan

    def _add_health(self, app: FastAPI) -> None:
        @app.get("/health/live", include_in_schema=False)
        async def live() -> dict[str, str]:  # pyright: ignore[reportUnusedFunction]
            return {"status": "ok"}

        @app.get("/health/ready", include_in_schema=False)
        async def ready() -> JSONResponse:  # pyright: ignore[reportUnusedFunction]
            """Ready means the database answers and jobs run. Without NATS writes go on, events wait in the outbox."""
            try:
                async with asyncio.timeout(2), self.database.engine.connect() as connection:
                    await connection.execute(text("SELECT 1"))
                database = "ok"
            except Exception as error:
                log.warning("not ready: %s", type(error).__name__)
                database = "unreachable"
            nats = "ok" if self.messaging.is_connected else "unreachable"
            parts = {"database": database, "nats": nats}
            if any(task.done() for task in self._tasks):
                parts["jobs"] = "ended"
            return JSONResponse(parts, 200 if database == "ok" and "jobs" not in parts else 503)


def permissions_of(dependant: Dependant) -> list[Requires | SecretLink]:
    """The permissions that an endpoint's signature names, or the secret link that stands in their place."""
    own = [dependant.call] if isinstance(dependant.call, Requires | SecretLink) else []
    return own + [permission for each in dependant.dependencies for permission in permissions_of(each)]


def _check_endpoints(app: FastAPI) -> None:
    """Deny by default: an application with an endpoint that names no permission, or leaves no trace, does not start."""
    for route in iter_route_contexts(app.routes):
        dependant: Dependant | None = getattr(route, "dependant", None)
        if dependant is None:
            continue
        named = permissions_of(dependant)
        if len(named) != 1:
            raise RuntimeError(f"{route.path} must name exactly one permission in its signature")
        if getattr(route.original_route, "body_field", None) and not isinstance(route.original_route, LimitedRoute):
            raise RuntimeError(
                f"{route.path} must be a LimitedRoute, so that no body is too deep or has too many parts"
            )
        is_change = bool((route.methods or set()) & CHANGING) and not named[0].permission.endswith(":read")
        if (is_change or named[0].audited) and not isinstance(route.original_route, AuditedRoute):
            raise RuntimeError(f"{route.path} must be an AuditedRoute, so that what it does is in the audit trail")


def _install_replays(app: FastAPI) -> None:
    """An error of a request whose key is already taken answers what was answered before."""
    refuse: Any = app.exception_handlers[problems.ProblemError]

    async def on_problem(request: Request, error: problems.ProblemError) -> Response:
        try:
            answer = await idempotency.replay(request)
        except problems.ProblemError as reused:
            return await refuse(request, reused)
        return answer or await refuse(request, error)

    async def on_integrity(request: Request, fault: IntegrityError) -> Response:
        try:
            answer = await idempotency.replay(request) if idempotency.is_key_taken(fault) else None
        except problems.ProblemError as reused:
            return await refuse(request, reused)
        if answer is None:
            raise fault
        return answer

    app.add_exception_handler(problems.ProblemError, on_problem)  # pyright: ignore[reportArgumentType]
    app.add_exception_handler(IntegrityError, on_integrity)  # pyright: ignore[reportArgumentType]


def _document_problems(app: FastAPI) -> None:
    """Adds to the OpenAPI document what holds for every operation: problems, and the Idempotency-Key of a POST."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
            )
            components = document.setdefault("components", {}).setdefault("schemas", {})
            schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            components.update(schema.pop("$defs", {}))
            components["Problem"] = schema
            for unused in ("HTTPValidationError", "ValidationError"):
                components.pop(unused, None)
            keyed = {
                context.path
                for context in iter_route_contexts(app.routes)
                if isinstance(context.original_route, idempotency.IdempotentRoute)
            }
            for path, operations in document["paths"].items():
                for method, operation in operations.items():
                    operation["responses"].pop("422", None)
                    operation["responses"].update({str(status): body for status, body in problems.RESPONSES.items()})
                    if method == "post" and path in keyed:
                        operation.setdefault("parameters", []).append(idempotency.HEADER)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi
