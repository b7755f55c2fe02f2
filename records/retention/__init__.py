"""How long a customer's data is kept, why, and what follows when its time is over."""
