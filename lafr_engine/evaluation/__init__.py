"""Measures a bundle against high-quality faces; never imported by training."""
