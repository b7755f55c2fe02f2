"""Claims from report to payment: who examines, what is missing, who decided, by when (保险法 arts 22–25)."""
