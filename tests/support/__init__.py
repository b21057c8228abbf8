"""What several test modules need: a clock to turn, a staffed center, sessions by stage."""
