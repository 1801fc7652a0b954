"""PostgreSQL as Django speaks with it, with a pool that asks less."""
