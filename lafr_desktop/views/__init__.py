"""What is seen: widgets that take values and models, and speak by signals only."""
