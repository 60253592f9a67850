"""Composition root: everything the directory service is made of."""

from fastapi import FastAPI
from paivand_kit.caller import TokenVerifier
from paivand_kit.relay import Relay
from paivand_kit.service import Service

from .locations.endpoints import router as locations
from .organizations.endpoints import router as organizations
from .service_at_locations.endpoints import router as service_at_locations
from .services.endpoints import router as services
from .settings import Settings
from .taxonomy.endpoints import router as taxonomy


def create_app(settings: Settings | None = None, *, verifier: TokenVerifier | None = None) -> FastAPI:
    """The ASGI application; settings come from the environment unless given."""
    service = Service("directory", settings or Settings(), verifier)  # pyright: ignore[reportCallIssue] - from environment
    relay = Relay(service.name, service.database, service.messaging)
    return service.application(
        title="Paivand directory",
        description="Who can help: member organizations and their services, in the words of HSDS 3.1.",
        routers=[organizations, services, taxonomy, locations, service_at_locations],
        jobs=lambda: [relay.run()],
    )
