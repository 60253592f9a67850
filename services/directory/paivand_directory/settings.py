"""What the directory is told from outside."""

from paivand_kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """Nothing beyond what every service has."""
