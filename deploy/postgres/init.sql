-- Roles and databases of the network. Run by psql as superuser, every time, before migrations: safe to repeat, and a changed password takes effect.
-- Each service has two roles: the owner migrates, the service's own role only reads and writes the rows that migrations grant it.
\set ON_ERROR_STOP on
\getenv directory_password DIRECTORY_DATABASE_PASSWORD
\getenv directory_owner_password DIRECTORY_OWNER_DATABASE_PASSWORD
\getenv referral_password REFERRAL_DATABASE_PASSWORD
\getenv referral_owner_password REFERRAL_OWNER_DATABASE_PASSWORD
\getenv notify_password NOTIFY_DATABASE_PASSWORD
\getenv notify_owner_password NOTIFY_OWNER_DATABASE_PASSWORD
\getenv keycloak_password KEYCLOAK_DATABASE_PASSWORD

SELECT format('CREATE ROLE %I LOGIN', name)
FROM unnest(ARRAY['directory', 'directory_owner', 'referral', 'referral_owner', 'notify', 'notify_owner', 'keycloak']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE directory PASSWORD :'directory_password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
ALTER ROLE directory_owner PASSWORD :'directory_owner_password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
ALTER ROLE referral PASSWORD :'referral_password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
ALTER ROLE referral_owner PASSWORD :'referral_owner_password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
ALTER ROLE notify PASSWORD :'notify_password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
ALTER ROLE notify_owner PASSWORD :'notify_owner_password' NOSUPERUSER NOCREATEDB NOCREATEROLE;
ALTER ROLE keycloak PASSWORD :'keycloak_password' NOSUPERUSER NOCREATEDB NOCREATEROLE;

SELECT format('CREATE DATABASE %I OWNER %I', name, owner)
FROM (VALUES ('directory', 'directory_owner'), ('referral', 'referral_owner'), ('notify', 'notify_owner'), ('keycloak', 'keycloak')) AS wanted(name, owner)
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name) \gexec

REVOKE ALL ON DATABASE directory, referral, notify, keycloak, postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE directory TO directory;
GRANT CONNECT ON DATABASE referral TO referral;
GRANT CONNECT ON DATABASE notify TO notify;

\connect directory
ALTER SCHEMA public OWNER TO directory_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO directory;
\connect referral
ALTER SCHEMA public OWNER TO referral_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO referral;
\connect notify
ALTER SCHEMA public OWNER TO notify_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO notify;
\connect keycloak
ALTER SCHEMA public OWNER TO keycloak;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
