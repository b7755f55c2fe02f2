"""The demo insurer, and a month of looks at its customers."""
