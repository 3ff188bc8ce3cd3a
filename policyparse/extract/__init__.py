"""The extraction room: (outline, vocabulary) → mentions and records; pure functions, one file a kind."""
