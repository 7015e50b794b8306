"""Read-only pages across all rooms."""
