"""Letters to customers, whatever they are about: by which way each goes, a second try, and paper."""
