"""The command `paivand`: up, down, status, logs, demo, doctor, audit."""

import os
import shutil
import signal
import sys
import time
from collections import deque
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from paivand_local import demo as demonstration_play
from paivand_local import demonstration, doctor, gateway, keycloak_files, seed
from paivand_local.site import LOOPBACK, ROOT, SERVICES, Ports, SetupError, Site
from paivand_local.stack import FACTORIES, Stack

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Runs the Paivand network on this machine.",
)
gateway_app = typer.Typer(no_args_is_help=True, help="Envoy's configuration.")
app.add_typer(gateway_app, name="gateway")
audit_app = typer.Typer(no_args_is_help=True, help="Whether the audit trails were tampered with.")
app.add_typer(audit_app, name="audit")
case_app = typer.Typer(no_args_is_help=True, help="What operators do with a case when its owner cannot.")
app.add_typer(case_app, name="case")
vault_app = typer.Typer(no_args_is_help=True, help="The keys of the identity vault.")
app.add_typer(vault_app, name="vault")
console = Console(highlight=False)
DEFAULT_PORT = 8080
DetachOption = Annotated[bool, typer.Option("--detach", help="Return when all is ready; `paivand down` stops it.")]
PortOption = Annotated[int | None, typer.Option("--port", min=1024, max=65000, help="Gateway's port; others follow.")]
ServiceArgument = Annotated[str | None, typer.Argument(help=f"One of {', '.join(SERVICES)}; all without it.")]
PlayOption = Annotated[bool, typer.Option(help="Play one referral when all is ready.")]


@app.command()
def up(detach: DetachOption = False, port: PortOption = None, play: PlayOption = True) -> None:
    """Start the network and stay until Ctrl-C."""
    site = _site(port)
    stack = Stack(site)
    # Ctrl-C and `kill` end alike: in order, with nothing left running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    keycloak_files.ensure(console)
    stack.start(bound_to_us=not detach, report=_report)
    try:
        seed.seed(site)
        if play:
            _play(site)
        _print_addresses(site)
    except BaseException:
        stack.stop()
        raise
    console.print(f"Ready after {time.monotonic() - began:.1f} s.", end=" ")
    if detach:
        console.print("It goes on in the background: `paivand status`, `paivand down`.")
        return
    console.print("Ctrl-C stops it.")
    try:
        stack.wait()
    except KeyboardInterrupt:
        console.print("\nStopping …")
    finally:
        stack.stop()


@app.command()
def down(
    wipe: Annotated[bool, typer.Option("--wipe", help="Delete all data and secrets too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Stop the network; data stays."""
    site = _site(None)
    if wipe and not yes:
        typer.confirm(f"Delete everything in {site.state_dir}, for good?", abort=True)
    Stack(site).stop()
    if wipe:
        shutil.rmtree(site.run_dir, ignore_errors=True)
        shutil.rmtree(site.state_dir, ignore_errors=True)
    console.print("Stopped, and everything deleted." if wipe else "Stopped; all data is kept.")


@app.command()
def status() -> None:
    """Show every part; the exit code is 1 when one does not work."""
    states = Stack(_site(None)).states()
    table = Table("part", "state", "pid", "up for", "restarts", "")
    for each in states:
        colour = "green" if each.is_ready else "red"
        uptime = f"{each.seconds_up} s" if each.pid else ""
        table.add_row(
            each.name, f"[{colour}]{each.state}[/]", str(each.pid or ""), uptime, str(each.restarts), each.reason
        )
    console.print(table)
    if not all(each.is_ready for each in states):
        raise typer.Exit(1)


@app.command()
def logs(
    part: Annotated[str | None, typer.Argument(help=f"One of {', '.join(FACTORIES)}; all without it.")] = None,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on as lines come.")] = False,
    lines: Annotated[int, typer.Option("-n", help="So many of the last lines.")] = 50,
) -> None:
    """Show what the parts say."""
    if part is not None and part not in FACTORIES:
        raise SetupError(f"there is no part {part}: choose one of {', '.join(FACTORIES)}")
    files = {name: _site(None).logs_dir / f"{name}.log" for name in ([part] if part else FACTORIES)}
    readers = {name: file.open(errors="replace") for name, file in files.items() if file.exists()}
    for name, reader in readers.items():
        for line in deque(reader, maxlen=lines):
            print(f"{name:10} {line}", end="")  # noqa: T201 - as it is, without colours or wrapping
    while follow:
        for name, reader in readers.items():
            for line in reader:
                print(f"{name:10} {line}", end="", flush=True)  # noqa: T201
        time.sleep(0.3)


@app.command()
def demo() -> None:
    """Play one referral on the running network."""
    site = _site(None)
    seed.seed(site)
    _play(site)
    _print_addresses(site)


@app.command(name="doctor")
def examine() -> None:
    """Check whether this machine can run the network."""
    findings = doctor.examine(_site(None))
    for finding in findings:
        mark = "[green]ok  [/]" if finding.is_good else "[red]bad [/]"
        console.print(f"{mark} {finding.subject}: {finding.text}")
    if not all(finding.is_good for finding in findings):
        raise typer.Exit(1)


@app.command(add_help_option=False, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def directory(context: typer.Context) -> None:
    """Import or export HSDS feeds: `import FILE|FOLDER [--dry-run]`, `export FILE.json|FOLDER [--with-redacted]`."""
    # Here, since it brings the whole service with it, which the other commands need not wait for.
    from paivand_directory.hsds_io.__main__ import main as hsds_io

    site = _site(None)
    if not any(state.name == "postgres" and state.is_ready for state in Stack(site).states()):
        raise SetupError("the directory's database does not run: start the network with `paivand up`")
    os.environ["PAIVAND_DATABASE_URL"] = site.database_url("directory", "directory")
    raise typer.Exit(hsds_io(context.args))


@audit_app.command("verify")
def verify_audit(service: ServiceArgument = None) -> None:
    """Find what was changed, removed or reordered; the exit code is 1 when anything was."""
    # Here, since it brings SQLAlchemy with it, which the other commands need not wait for.
    from paivand_local import audit

    site = _site(None)
    if not any(state.name == "postgres" and state.is_ready for state in Stack(site).states()):
        raise SetupError("the database does not run: start the network with `paivand up`")
    sound = [audit.run(each, site.database_url(each, each), site.audit_dir) for each in _services(service)]
    if not all(sound):
        raise typer.Exit(1)


@audit_app.command("heads")
def print_audit_heads(service: ServiceArgument = None) -> None:
    """Print the public keys and the newest signed heads: keep them on paper, or with somebody else."""
    for each in _services(service):
        for file in (_site(None).audit_dir / f"{each}.pub", _site(None).audit_dir / f"{each}.heads"):
            if file.exists():
                print("\n".join(file.read_text().rstrip().splitlines()[-6:]), end="\n\n")  # noqa: T201


def _services(named: str | None) -> tuple[str, ...]:
    if named is not None and named not in SERVICES:
        raise SetupError(f"there is no service {named}: choose one of {', '.join(SERVICES)}")
    return (named,) if named else SERVICES


@case_app.command("erase")
def erase_case(
    number: Annotated[str, typer.Argument(help="The case's number.")],
    reason: Annotated[str, typer.Option(help="person-asked, retention-over, entered-in-error or court-order.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase the person of a case for good, unless it is on legal hold; prints the receipt."""
    from paivand_referral.erasures.__main__ import main as erasures

    _use_referral_database()
    if not yes:
        typer.confirm(f"Erase the person of {number}? Nobody can undo it", abort=True)
    raise typer.Exit(erasures([number, reason]))


@vault_app.command("rotate")
def rotate_vault() -> None:
    """Make a new wrapping key and wrap the keys of all cases anew; may be stopped and started again."""
    _vault("rotate")


@vault_app.command("status")
def vault_status() -> None:
    """Show the wrapping keys, and how many cases each wraps."""
    _vault("status")


@vault_app.command("retire")
def retire_vault_key(key: Annotated[str, typer.Argument(help="Id of the key, from `paivand vault status`.")]) -> None:
    """Destroy a wrapping key that wraps nothing any more: older backups are closed for good."""
    _vault("retire", key)


def _vault(*arguments: str) -> None:
    from paivand_referral.vault.__main__ import main as vault

    _use_referral_database()
    raise typer.Exit(vault(list(arguments)))


def _use_referral_database() -> None:
    site = _site(None)
    if not any(state.name == "postgres" and state.is_ready for state in Stack(site).states()):
        raise SetupError("the referral service's database does not run: start the network with `paivand up`")
    os.environ |= site.service_environment("referral")


@gateway_app.command("render")
def render(world: Annotated[str, typer.Argument(help="local or compose")] = "local") -> None:
    """Print Envoy's configuration."""
    site = _site(None)
    listener = gateway.from_environment() if world == "compose" else gateway.listener_of(site)
    print(gateway.render("compose" if world == "compose" else "local", listener))  # noqa: T201


def _site(port: int | None) -> Site:
    """This checkout's site. Ports: the option, else PAIVAND_PORT_BASE, else those used last, else the default."""
    state_dir = Path(os.environ.get("PAIVAND_STATE") or ROOT / ".paivand").absolute()
    base = port or int(os.environ.get("PAIVAND_PORT_BASE") or 0)
    file = state_dir / "ports.toml"
    try:
        ports = Ports.from_base(base) if base else Ports.load(file) if file.exists() else Ports.from_base(DEFAULT_PORT)
    except OSError as error:
        raise SetupError(f"cannot read {file} ({error.strerror}): give yourself the right to") from error
    telemetry = {name: value for name, value in os.environ.items() if name.startswith("OTEL_")}
    return Site(state_dir, ports, gateway=_gateway_options(), telemetry=telemetry)


def _gateway_options() -> dict[str, Any]:
    """What the environment says of the listener; docker-compose.yml passes the same names on."""
    rate = os.environ.get("PAIVAND_REQUESTS_PER_SECOND")
    certificate, key = os.environ.get("PAIVAND_TLS_CERTIFICATE"), os.environ.get("PAIVAND_TLS_KEY")
    options: dict[str, Any] = {"requests_per_second": int(rate)} if rate else {}
    if certificate and key:
        options |= {"tls_certificate": str(Path(certificate).absolute()), "tls_key": str(Path(key).absolute())}
    return options


def _play(site: Site) -> None:
    console.print("\n[bold]One referral, through the gateway[/]")
    closed = demonstration_play.play(site, _report)
    console.print(f"Referral {closed['number']} is {closed['status']}.")


def _report(step: str, seconds: float) -> None:
    console.print(f"  [green]✓[/] {step:60} {seconds:6.2f} s")


def _print_addresses(site: Site) -> None:
    addresses = Table("what", "where", title="Addresses", title_justify="left")
    for what, where in (
        ("Start here", f"{site.public_url}/"),
        ("Directory", f"{site.public_url}/directory/v1/docs"),
        ("Referral", f"{site.public_url}/referral/v1/docs"),
        ("Notify", f"{site.public_url}/notify/v1/docs"),
        ("Mail that was sent", f"http://{LOOPBACK}:{site.ports.mail_page}/"),
        ("Keycloak's console", f"http://{LOOPBACK}:{site.ports.keycloak}/auth/admin/"),
        ("  its user admin", f"password in {site.state_dir}/secrets/keycloak_admin_password"),
    ):
        addresses.add_row(what, where)
    console.print(addresses)
    names = {each.id: each.name for each in demonstration.organizations().values()}
    people = Table("account", "organization", "roles", title="Demonstration accounts", title_justify="left")
    for account in demonstration.accounts().values():
        organization = names[account.organization_id] if account.organization_id else "the network"
        people.add_row(account.username, organization, ", ".join(account.roles))
    console.print(people)
    console.print(f"Their password: [bold]{site.demonstration_password}[/]")
    console.print(f"Their second factor, for an authenticator app: [bold]{site.demonstration_totp}[/]")


def main() -> None:
    """Entry point: every expected fault is one line and exit code 1."""
    try:
        app()
    except SetupError as error:
        Console(stderr=True, highlight=False).print(f"[red]paivand:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(1)
