"""The pipeline's speed, as ratios measured in one run on one machine. `make bench-pipeline` prints them."""
