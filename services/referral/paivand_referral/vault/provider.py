"""Chooses where the wrapping keys are: a file, or the transit engine of OpenBao or HashiCorp Vault."""

from pathlib import Path
from typing import Self

from pydantic import model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from .keys import KeyProvider, LocalKeyFile
from .transit import TransitKeys


class VaultSettings(BaseSettings):
    """Where the wrapping keys are (environment variables with the prefix PAIVAND_)."""

    model_config = SettingsConfigDict(env_prefix="PAIVAND_", frozen=True)

    vault_key_file: Path | None = None
    """The key file, made by `python -m paivand_referral.vault init`."""
    vault_transit_url: str | None = None
    """Address of OpenBao or HashiCorp Vault, in place of the key file."""
    vault_transit_token_file: Path | None = None
    """File with the token, which an agent may renew."""
    vault_transit_mount: str = "transit"
    vault_transit_key: str = "paivand"
    """Name of the key there: type aes256-gcm96."""
    vault_transit_ca_file: Path | None = None

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        if (self.vault_key_file is None) == (self.vault_transit_url is None):
            raise ValueError("name either vault_key_file or vault_transit_url")
        if self.vault_transit_url and not self.vault_transit_token_file:
            raise ValueError("vault_transit_url needs vault_transit_token_file")
        return self


def key_provider(settings: VaultSettings | None = None) -> KeyProvider:
    """The provider that the settings name. Without settings they are read from the environment."""
    settings = settings or VaultSettings()
    if settings.vault_key_file:
        return LocalKeyFile(settings.vault_key_file)
    assert settings.vault_transit_url and settings.vault_transit_token_file  # noqa: S101, PT018 - checked above
    return TransitKeys(
        url=settings.vault_transit_url,
        token_file=settings.vault_transit_token_file,
        mount=settings.vault_transit_mount,
        key=settings.vault_transit_key,
        ca_file=settings.vault_transit_ca_file,
    )
