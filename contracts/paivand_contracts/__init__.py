"""The words the services share: events, requests, error types and codes. Pydantic only, no I/O."""
