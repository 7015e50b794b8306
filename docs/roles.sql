-- Makes the portal's roles and databases on a PostgreSQL server (15 or later). Safe to run again.
--
--   PORTAL_OWNER_PASSWORD=… PORTAL_APP_PASSWORD=… psql -v ON_ERROR_STOP=1 -U postgres -d postgres -f docs/roles.sql
--
-- portal_owner owns the tables and only ever migrates. portal_app is what the portal runs as: it reads and writes rows,
-- makes and changes no table, and migrations take more away from it (audit, chain, approvals).
-- `make run` and the tests run this same file. The server must have been initialised with
-- --locale-provider=builtin --builtin-locale=C.UTF-8: with the plain C locale Korean trigram search finds nothing.

\set ON_ERROR_STOP on
\getenv owner_password PORTAL_OWNER_PASSWORD
\getenv app_password PORTAL_APP_PASSWORD

SELECT format('CREATE ROLE %I', role) FROM unnest(ARRAY['portal_owner', 'portal_app']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
ALTER ROLE portal_owner LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'owner_password';
ALTER ROLE portal_app LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';

SELECT format('CREATE DATABASE %I OWNER portal_owner', name) FROM unnest(ARRAY['portal', 'portal_keys']) AS name
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name) \gexec
REVOKE ALL ON DATABASE portal, portal_keys FROM PUBLIC;
GRANT CONNECT ON DATABASE portal, portal_keys TO portal_app;

\connect portal
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS unaccent;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO portal_app;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO portal_app;

\connect portal_keys
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO portal_app;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO portal_app;
ALTER DEFAULT PRIVILEGES FOR ROLE portal_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO portal_app;
