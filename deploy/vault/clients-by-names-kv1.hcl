# Counting registered clients by their names, in a KV engine of version 1 mounted at `app-sre`. Put in your own
# folders. Nothing here writes, and no secret can be read.

# The folders with a secret for each registered client: their names are listed, nothing is read.
path "app-sre/rhidp/sso-client/*" {
  capabilities = ["list"]
}
