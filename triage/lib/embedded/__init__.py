"""The embedded PostgreSQL 18: a server of our own under `var/`, for when DATABASE_URL is unset."""
