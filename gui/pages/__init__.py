"""Pages: each is given a fit and asks the engine, through jobs, for what it shows."""
