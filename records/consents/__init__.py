"""Consents: what customers are asked for, what they said, and what that opens and shuts.

PIPL art. 13 to 16, 23, 28 to 31. The register of purposes is the company's (`custodian.regimes.purposes`); a
row for each yes and no is kept here, and access holds what of it decides looks.
"""
