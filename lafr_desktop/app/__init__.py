"""The composition root: builds everything, connects it, and takes it down again."""
