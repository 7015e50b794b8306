"""What pages read. Nothing here writes; each function says how many queries it takes, whatever the size."""
