# Counting registered clients by their secrets, in a KV engine of version 1 mounted at `app-sre`. Put in your own
# folders. Nothing here writes; but whoever may read these secrets holds every client's secret, and the tokens
# that can delete the clients. Names alone are often enough.

# The folders with a secret for each registered client: their names are listed, and each secret is read once.
path "app-sre/rhidp/sso-client/*" {
  capabilities = ["list", "read"]
}
