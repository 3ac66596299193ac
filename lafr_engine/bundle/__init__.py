"""Bundles of weights: their manifest, where they are stored, how they are loaded."""
