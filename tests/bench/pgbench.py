"""The same SQL as `POST /referral/v1/referrals`, by pgbench: what PostgreSQL alone can do on this machine."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

from paivand_contracts.codes import Priority, ReferralStatus
from paivand_contracts.envelope import new_id, now
from paivand_contracts.referral import ReferralFacts, ReferralRequested
from paivand_local.postgres_files import programs
from paivand_local.site import Site
from paivand_referral.referrals.repository import CREATE


def script(*, case_id: str, service_id: str, requester: str) -> str:
    """The statement of the hot path with fresh ids and keys made by the server; like ours, a transaction by itself."""
    facts = ReferralFacts(
        referral_id=new_id(),
        number="R-BENC-HMRK-00",
        status=ReferralStatus.REQUESTED,
        priority=Priority.URGENT,
        requester_organization_id=UUID(requester),
        owner_organization_id=UUID(int=0),
        service_id=UUID(service_id),
        respond_by=now(),
        version=1,
    )
    event = ReferralRequested(subject="bench", data=facts)
    values: dict[str, Any] = {
        "id": "uuidv7()",
        "number": "'P-' || uuidv7()::text",
        "case_id": f"'{case_id}'",
        "service_id": f"'{service_id}'",
        "requester": f"'{requester}'",
        "actor": f"'{requester}'",
        "actor_subject": "'bench'",
        "subject": "'bench'",
        "key": "uuidv7()::text",
        "fingerprint": f"'{'0' * 64}'",
        "status": "201",
        "headers": """'{"etag": "\\"1\\"", "location": "/referral/v1/referrals/0"}'""",
        "sealed": f"'\\x{'5e' * 70}'",
        "priority": "'urgent'",
        "summary": f"'\\x{'5e' * 60}'",
        "consent_given_at": "now()",
        "consent_id": "uuidv7()",
        "purposes": "'{referral}'",
        "categories": "'{profile,summary}'",
        "disclosure_id": "uuidv7()",
        "shown": "'{profile,summary}'",
        "is_onward": "false",
        "respond_by": "now() + interval '1 day'",
        "part_of": "NULL",
        "now": "now()",
        "event_type": f"'{event.type}'",
        "event": f"'{event.model_dump_json(exclude_none=True)}'",
        "audit_subject": "'bench'",
        "audit_organization_id": f"'{requester}'",
        "audit_client_id": "'bench'",
        "audit_access": "'C'",
        "audit_action": "'request_referral'",
        "audit_object_type": "'referrals'",
        "audit_object_id": "uuidv7()",
        "audit_case_id": f"'{case_id}'",
        "audit_consent_id": "uuidv7()",
        "audit_trace_id": f"'{'0' * 32}'",
    }
    statement = re.sub(r"\s+", " ", str(CREATE[False, True].element))
    return re.sub(r"(?<!:):(\w+)", lambda name: values[name[1]], statement) + ";\n"


def rate(site: Site, folder: Path, text: str, *, organization: str, clients: int, seconds: int) -> float:
    """Transactions a second over the socket that the services use, seeing what this organization may see."""
    file = folder / "create.sql"
    file.write_text(text)
    url = site.database_url("referral", "referral")
    found = re.search(r"://([^:]+):([^@]+)@/(\w+)\?host=([^&]+)&port=(\d+)", url)
    assert found, "the launcher's database URL has another shape"
    user, password, database, host, port = found.groups()
    command = [str(programs() / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--file={file}", f"--time={seconds}"]
    command += [f"--client={clients}", "--jobs=1", f"--host={host}", f"--port={port}", f"--username={user}", database]
    environment = {**os.environ, "PGPASSWORD": password, "PGOPTIONS": f"-c paivand.organization={organization}"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds + 60)
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert "number of failed transactions: 0" in done.stdout, done.stdout
    return float(found[1])
