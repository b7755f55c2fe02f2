"""Cases: opened from alerts, worked on by a group, and closed by two people."""
