"""What people type and choose about reports, cases and items."""
