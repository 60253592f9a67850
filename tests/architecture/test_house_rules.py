"""The house's own rules, each of which a reviewer would otherwise have to remember."""

import ast
import importlib
import inspect
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from paivand_kit.caller import Requires
from paivand_kit.secret_links import SecretLink
from paivand_referral.identities.index import BlindIndex
from paivand_referral.vault.keys import LocalKeyFile

from tests.factories import tokens

ROOT = Path(__file__).parents[2]
SERVICES = ("directory", "referral", "notify")
SQL_WORDS = {"select", "insert", "update", "delete", "text"}


def sources(*folders: str) -> Iterator[tuple[str, Path, ast.Module]]:
    """Every source file: its name from the root, its path, its syntax tree."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(ROOT)), path, ast.parse(path.read_text())


def imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(module, name) of each `from module import name`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def test_sql_is_written_in_repositories_only() -> None:
    """Tables may use `text` for defaults; everything else asks a repository, or the kit."""
    faults = [
        name
        for name, path, tree in sources("services")
        if path.name not in ("repository.py", "tables.py")
        and any(module.startswith("sqlalchemy") and word in SQL_WORDS for module, word in imports(tree))
    ]
    assert faults == []


def test_only_the_kit_commits() -> None:
    """Use cases never end a transaction: the request or the message does."""
    faults = [
        f"{name}:{node.lineno}"
        for name, _, tree in sources("services")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "rollback")
    ]
    assert faults == []


def test_rules_are_pure() -> None:
    """`rules.py` knows the standard library and the contracts' codes, nothing that does I/O."""
    impure = ("fastapi", "sqlalchemy", "nats", "httpx", "paivand_kit")
    faults = [
        f"{name}: {module}"
        for name, path, tree in sources("services")
        if path.name == "rules.py"
        for module, _ in imports(tree)
        if module.startswith(impure)
    ]
    assert faults == []


# What a file may not import, by its own name: data flows endpoint -> use case -> rules -> repository, never back.
BACKWARDS = {
    "service.py": {"endpoints", "consumers", "jobs"},
    "repository.py": {"endpoints", "consumers", "jobs", "service"},
    "rules.py": {"endpoints", "consumers", "jobs", "service", "repository", "tables", "schemas"},
    "tables.py": {"endpoints", "consumers", "jobs", "service", "repository", "schemas"},
}


def test_arrows_inside_a_service_point_one_way() -> None:
    """Within a feature, who follows an import goes towards the database, never back."""
    faults: list[str] = []
    for name, path, tree in sources("services"):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                reached = {alias.name for alias in node.names} | set((node.module or "").split("."))
                faults += [f"{name}: {back}" for back in reached & BACKWARDS.get(path.name, set())]
    assert faults == []


# Where others come in: what opens and seals, for them, and the table that their statements join, so that a key that was
# destroyed is noticed at once; the rest is the vault's own.
VAULT_DOOR = {"service", "door", "case_keys", "tables"}
PUTS_THE_VAULT_TOGETHER = {"app.py", "settings.py"}


def test_the_vault_has_a_narrow_door() -> None:
    """No other feature gets at wrapping keys, and no SQL but the vault's own names a wrapped key to change it."""
    faults: list[str] = []
    for name, path, tree in sources("services/referral/paivand_referral"):
        folder = path.parent.name
        if folder == "vault" or (folder == "paivand_referral" and path.name in PUTS_THE_VAULT_TOGETHER):
            continue
        for module, word in imports(tree):
            if module == "vault" or module.startswith("vault."):
                reached = module.removeprefix("vault").lstrip(".") or word
                faults += [f"{name}: {module}.{word}"] if reached not in VAULT_DOOR else []
        # Only an erasure destroys a wrapped key.
        if "wrapped = " in path.read_text() and folder != "erasures":
            faults.append(f"{name}: changes a wrapped key")
    assert faults == []


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """How long a function's body is, without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_files_and_functions_fit_on_a_screen() -> None:
    """A file over 400 lines or a function over 40 is split by use case."""
    faults: list[str] = []
    for name, path, tree in sources("services", "kit", "contracts", "deploy"):
        if len(path.read_text().splitlines()) > 400:
            faults.append(name)
        faults += [
            f"{name}: {node.name} has {lines_of(node)} lines"
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and lines_of(node) > 40
        ]
    assert faults == []


def dependencies(dependant: Dependant) -> Iterator[Dependant]:
    for child in dependant.dependencies:
        yield child
        yield from dependencies(child)


@pytest.mark.parametrize("service", SERVICES)
def test_endpoints_and_their_dependencies_never_run_in_threads(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """FastAPI runs a plain function or a class in a thread, which costs more than most of our requests."""
    for route in iter_route_contexts(app_of(service, monkeypatch).routes):
        dependant: Dependant | None = getattr(route, "dependant", None)
        if dependant is None:
            continue
        for each in (dependant, *dependencies(dependant)):
            call = each.call
            target = call if inspect.isfunction(call) or inspect.ismethod(call) else type(call).__call__
            assert inspect.iscoroutinefunction(target) or inspect.isasyncgenfunction(target), f"{route.path}: {call}"


# Endpoints without a token, since whoever uses them cannot sign in: the address is the credential. Each is a decision.
SECRET_LINKS = {("referral", "/referral/v1/calendar/{token}.ics")}


@pytest.mark.parametrize("service", SERVICES)
def test_every_endpoint_names_one_permission(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deny by default; the kit refuses to start an application that breaks this."""
    routes = [
        route for route in iter_route_contexts(app_of(service, monkeypatch).routes) if hasattr(route, "dependant")
    ]
    guarded = 0
    for route in routes:
        dependant: Dependant = route.dependant
        if (route.path or "").startswith(f"/{service}/v1/") and not (route.path or "").endswith("/docs"):
            calls = [each.call for each in dependencies(dependant)]
            if any(isinstance(call, SecretLink) for call in calls):
                assert (service, route.path) in SECRET_LINKS
                continue
            assert sum(isinstance(call, Requires) for call in calls) == 1, route.path
            guarded += 1
    assert guarded >= 5


def app_of(service: str, monkeypatch: pytest.MonkeyPatch):
    """The application, built as in production but connected to nothing."""
    key_file = Path(tempfile.mkdtemp()) / "keys.json"
    LocalKeyFile.create(key_file)
    BlindIndex.create(key_file.with_name("index.key"))
    for name, value in {
        "DATABASE_URL": "postgresql+asyncpg://nobody@localhost/nothing",
        "NATS_USER": service,
        "NATS_PASSWORD": "unused",
        "IDEMPOTENCY_SECRET": "of no service that anybody uses, but long enough",
        "VAULT_KEY_FILE": str(key_file),
        "INDEX_KEY_FILE": str(key_file.with_name("index.key")),
        "ISSUER": tokens.ISSUER,
        "JWKS_URL": "",
        "WEBHOOK_SECRET_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    }.items():
        monkeypatch.setenv(f"PAIVAND_{name}", value)
    return importlib.import_module(f"paivand_{service}.app").create_app(verifier=tokens.verifier())


def test_tests_mirror_the_services() -> None:
    """Whoever knows a feature's folder knows where its tests are."""
    for service in SERVICES:
        package = ROOT / "services" / service / f"paivand_{service}"
        features = {path.parent.name for path in package.glob("*/__init__.py")}
        tested = {path.parent.name for path in (ROOT / "tests" / service).glob("*/test_*.py")}
        assert features <= tested, f"{service}: no tests for {features - tested}"
