"""Sites with the parts that start quickly."""

from collections.abc import Iterator

import pytest
from paivand_local.site import Site
from paivand_local.stack import Stack
from paivand_local.testing import temporary_site

QUICK = ("postgres", "nats", "mail")


@pytest.fixture
def site() -> Iterator[Site]:
    """A place for a network, nothing started."""
    with temporary_site() as site:
        yield site
        Stack(site).stop()


@pytest.fixture(scope="package")
def calm() -> Iterator[Stack]:
    """A network of the quick parts that tests leave as it is."""
    with temporary_site() as site:
        stack = Stack(site, parts=QUICK)
        stack.start()
        yield stack
        stack.stop()


@pytest.fixture
def quick(site: Site) -> Stack:
    """A network of the quick parts for one test, which may break it."""
    stack = Stack(site, parts=QUICK)
    stack.start()
    return stack
