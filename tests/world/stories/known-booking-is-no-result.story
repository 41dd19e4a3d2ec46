# The same after a restart: what was there when the line came up is no result either.
