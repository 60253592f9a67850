"""Keycloak's empty tables, kept beside its program files: its own 1500 migration steps take 7 s at each new database.

Tables and the list of the steps done, nothing else: no realm, no key, no account.
"""

from pathlib import Path

from paivand_local import keycloak_files, postgres
from paivand_local.site import Site

STEPS = ("databasechangelog", "databasechangeloglock")


def _file() -> Path:
    return keycloak_files.location() / "schema.sql"


def load(site: Site) -> None:
    """Give a new database its tables, if they were kept before."""
    if _file().exists() and not postgres.query(site, "keycloak", "SELECT to_regclass('public.databasechangelog')"):
        postgres.run_file(site, "keycloak", _file())


def keep(site: Site) -> None:
    """Keep the tables of a database that Keycloak made itself, for the next one."""
    if _file().exists():
        return
    tables = postgres.dump(site, "keycloak", "--schema-only")
    steps = postgres.dump(site, "keycloak", "--data-only", *(f"--table={name}" for name in STEPS))
    partial = _file().with_suffix(".part")
    partial.write_text(tables + steps)
    partial.rename(_file())
