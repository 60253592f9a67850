"""What the directory is told from outside."""

from paivand_kit.settings import ServiceSettings


class Settings(ServiceSettings):
    """How often the timed jobs look."""

    hold_check_seconds: float = 5
    stale_check_seconds: float = 60
