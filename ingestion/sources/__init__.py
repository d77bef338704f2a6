"""Where facts come from. One folder for each source; none knows another."""
