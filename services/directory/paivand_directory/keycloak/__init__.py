"""Makes Keycloak say what memberships and people say."""
