"""What the desk, the overview and the auditor's page read, across all rooms. Nothing here writes."""
