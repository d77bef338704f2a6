"""What a running process tells about itself: log lines, and metrics from a closed list."""
