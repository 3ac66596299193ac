"""The engine process: what it does with each kind of job, and its main."""
