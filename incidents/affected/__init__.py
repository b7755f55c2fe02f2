"""The blast radius: exactly which customers, and which of their elements, were returned to whom."""
