"""Speed, measured as ratios in one run; every file has a make target."""
