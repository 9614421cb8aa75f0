"""How instruments are defined, answered and scored. Pure: no Django."""
