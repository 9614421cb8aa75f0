"""Everything that screening writes."""
