"""The page that shows a service's OpenAPI document: Swagger UI from our own files.

It works without the internet and tells nobody who reads it, and its policy lets it load nothing else.
"""

import base64
import hashlib
import importlib.resources
import re

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

# Swagger UI sets styles on elements; its pictures are in its style sheet.
POLICY = (
    "default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def add(app: FastAPI, root: str) -> None:
    """Mounts the page below a service's root path."""
    assets = importlib.resources.files("fastapi_swagger") / "resources"
    app.mount(f"{root}/docs/assets", StaticFiles(directory=str(assets)), name="docs-assets")
    page = get_swagger_ui_html(
        openapi_url=f"{root}/openapi.json",
        title=app.title,
        swagger_js_url=f"{root}/docs/assets/swagger-ui-bundle.js",
        swagger_css_url=f"{root}/docs/assets/swagger-ui.css",
        swagger_favicon_url=f"{root}/docs/assets/favicon-32x32.png",
    )
    page.headers["Content-Security-Policy"] = POLICY.format(scripts=" ".join(script_hashes(bytes(page.body).decode())))

    @app.get(f"{root}/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:  # pyright: ignore[reportUnusedFunction]
        return page


def script_hashes(page: str) -> list[str]:
    """The scripts that stand in the page itself, as a policy names them (CSP level 3, section 2.3.1)."""
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    return [f"'sha256-{digest}'" for digest in digests]
