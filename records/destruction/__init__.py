"""Destroys what is due, so that it stays destroyed: batches, their execution, certificates, tombstones."""
