"""The study of a bundle: parts that measure one question each, and a report of them all."""
