"""What restores a face crop: the protocol, and the networks behind it."""
