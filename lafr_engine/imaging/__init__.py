"""Pictures: reading, holding, changing tones, writing. Knows nothing about faces."""
