"""Sign-in servers as universities run them, on loopback ports."""
