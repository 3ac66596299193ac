"""Qt item models over plain values of the album."""
