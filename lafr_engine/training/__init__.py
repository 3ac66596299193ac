"""Training: data, degradations, losses, the stages of LAFR and their loop."""
