# Counting registered clients by their names, in a KV engine of version 2 mounted at `app-sre`. Put in your own
# folders. Nothing here writes, and no secret can be read.

# The folders with a secret for each registered client: their names are listed.
path "app-sre/metadata/rhidp/sso-client/*" {
  capabilities = ["list"]
}

# OpenBao lists versions and dates as well, and what users noted beside a secret, which kcwatch does not take. Vault does not
# know this path. Without it, names that kcwatch did not see appear have no date.
path "app-sre/detailed-metadata/rhidp/sso-client/*" {
  capabilities = ["list"]
}
