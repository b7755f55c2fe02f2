"""The log's tree: proofs, tiles, signed notes, bundles and their verifier. No Django, no database."""
