# What kcwatch may do in `make demo`: read what it watches, and keep its own token. See deploy/vault.
path "secret/data/sso/+" {
  capabilities = ["read"]
}
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
path "auth/token/renew-self" {
  capabilities = ["update"]
}
path "auth/token/revoke-self" {
  capabilities = ["update"]
}
