# What kcwatch needs of a KV engine of version 1, here mounted at `app-sre`. Put in your own paths.
# Nothing here writes, and no line of the `default` policy is needed: use token_no_default_policy=true.

# The secrets that hold Initial Access Tokens: the `secret.path` of each target.
# `+` stands for one segment of a path.
path "app-sre/creds/rhidp/+" {
  capabilities = ["read"]
}

# Only with an `admin` client secret in this store.
path "app-sre/creds/kcwatch" {
  capabilities = ["read"]
}

# Our own token: ask whether it still lives, prolong it, give it back at the end.
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
path "auth/token/renew-self" {
  capabilities = ["update"]
}
path "auth/token/revoke-self" {
  capabilities = ["update"]
}
