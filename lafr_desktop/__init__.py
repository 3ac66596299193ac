"""LAFR's window. Never imports torch: it speaks with the engine by messages."""
