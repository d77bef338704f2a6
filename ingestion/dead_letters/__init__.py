"""What the log held and nobody could take: kept with reason and place until a person has dealt with it."""
