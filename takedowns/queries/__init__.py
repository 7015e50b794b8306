"""What pages read of requests, letters and replies. Nothing here writes; the number of queries is fixed."""
