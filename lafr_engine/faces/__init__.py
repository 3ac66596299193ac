"""Finding faces, cutting them out upright, and putting them back."""
