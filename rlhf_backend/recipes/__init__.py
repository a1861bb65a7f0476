"""What a run does, one straight story in each file."""
