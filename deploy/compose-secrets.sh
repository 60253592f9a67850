#!/bin/sh
# Prints an .env file for docker-compose.yml with new secrets: sh deploy/compose-secrets.sh > .env
# Keep it: the databases remember these passwords.
set -eu
umask 077
secret() { printf 'p%s' "$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')"; }
for name in POSTGRES KEYCLOAK DIRECTORY DIRECTORY_OWNER REFERRAL REFERRAL_OWNER NOTIFY NOTIFY_OWNER; do
    echo "${name}_DATABASE_PASSWORD=$(secret)"
done
for name in DIRECTORY REFERRAL NOTIFY; do
    echo "${name}_NATS_PASSWORD=$(secret)"
    echo "${name}_IDEMPOTENCY_SECRET=$(secret)"
done
for name in MEHRUBON ADOLAT SHIFO; do
    echo "PAIVAND_INTEGRATOR_${name}_SECRET=$(secret)"
done
echo "KEYCLOAK_ADMIN_PASSWORD=$(secret)"
echo "PAIVAND_DIRECTORY_CLIENT_SECRET=$(secret)"
echo "PAIVAND_DEMONSTRATION_PASSWORD=$(secret)"
echo "PAIVAND_DEMONSTRATION_TOTP=$(head -c 25 /dev/urandom | base32)"
echo "PAIVAND_WEBHOOK_SECRET_KEY=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n')"
