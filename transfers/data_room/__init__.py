"""The data room: counts, distributions and masked samples of a book for the buyer's diligence."""
