"""policyparse: Chinese policy texts in, data out."""
