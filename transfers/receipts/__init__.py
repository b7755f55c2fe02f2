"""The end of a transfer: the buyer accepts, the seller lets go, and from one moment on another answers."""
