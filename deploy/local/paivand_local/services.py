"""directory, referral and notify under granian on Unix sockets, and their migrations."""

import os
import subprocess
import sys

from paivand_local.site import ROOT, SetupError, Site


def migrate(site: Site, service: str) -> None:
    """Bring a service's database to the newest revision.

    Raises: SetupError with the last line of what went wrong.
    """
    migrations = ROOT / "services" / service / "migrations"
    done = subprocess.run(
        [sys.executable, "-m", "paivand_kit.migrations", str(migrations)],
        env={"PATH": os.environ["PATH"], "PAIVAND_MIGRATION_URL": site.database_url(f"{service}_owner", service)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        (site.logs_dir / f"{service}-migration.log").write_text(done.stdout + done.stderr)
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        raise SetupError(f"migrating {service} failed: {last} (whole output: {site.logs_dir}/{service}-migration.log)")
