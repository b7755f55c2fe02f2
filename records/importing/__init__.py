"""A book of customers arriving as files: read, recognised, checked and turned into drafts."""
