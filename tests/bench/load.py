"""Load on the gateway: wrk, with a new Idempotency-Key for every request."""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

SCRIPT = """
local run, count, threads = "{run}", 0, 0
function setup(thread) threads = threads + 1; thread:set("thread_id", threads) end
function delay() return {delay_ms} end
function request()
  count = count + 1
  local headers = {{["Authorization"] = "Bearer {token}", ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = run .. "-" .. thread_id .. "-" .. count}}
  return wrk.format("{method}", "{path}", headers, [==[{body}]==])
end
function done(summary, latency)
  io.write(string.format("result %d %d %d %d %d %d\\n", summary.requests, summary.duration,
    summary.errors.status + summary.errors.timeout + summary.errors.read + summary.errors.connect,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Result:
    """One run: requests a second, and latencies in milliseconds."""

    rate: float
    errors: int
    p50: float
    p95: float
    p99: float


def load(
    url: str,
    *,
    folder: Path,
    token: str,
    method: str,
    path: str,
    body: Any = None,
    connections: int,
    seconds: int,
    rate: float | None = None,
) -> Result:
    """Sends as fast as the connections allow, or at about `rate` requests a second."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("wrk is missing: install it (Debian: apt install wrk)")
    delay = f"math.random(0, {int(2000 * connections / rate)})" if rate else "0"
    script = folder / "load.lua"
    script.write_text(
        SCRIPT.format(
            run=uuid4().hex,
            token=token,
            method=method,
            path=path,
            body=json.dumps(body) if body else "",
            delay_ms=delay,
        )
    )
    command = [wrk, "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script), url]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=seconds + 60)
    found = re.search(r"result (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", done.stdout)
    assert found, done.stdout + done.stderr
    requests, duration, errors, p50, p95, p99 = (int(number) for number in found.groups())
    return Result(requests / (duration / 1e6), errors, p50 / 1000, p95 / 1000, p99 / 1000)
