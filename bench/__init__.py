"""How fast the portal is, in units of the barest Django view on the same server. `make bench`; see docs/bench.md."""
