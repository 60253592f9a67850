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
echo "KEYCLOAK_ADMIN_PASSWORD=$(secret)"
key=$(openssl genpkey -algorithm ed25519 -outform DER | base64 | tr -d '\n')
echo "PAIVAND_DIRECTORY_CLIENT_KEY=$key"
# The last 32 bytes are the public key itself (RFC 8410): what Keycloak is told.
public=$(echo "$key" | base64 -d | openssl pkey -inform DER -pubout -outform DER | tail -c 32 | base64 | tr '+/' '-_' | tr -d '=\n')
echo "PAIVAND_DIRECTORY_CLIENT_PUBLIC_KEY=$public"
echo "PAIVAND_DEMONSTRATION_PASSWORD=$(secret)"
echo "PAIVAND_DEMONSTRATION_TOTP=$(head -c 25 /dev/urandom | base32)"
echo "PAIVAND_WEBHOOK_SECRET_KEY=$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n')"
