"""The scorecard: how each unit stands, week by week, by indicators that the apps register."""
