"""Which members take part, as the directory states it: others are told nothing, and ask for nothing."""
