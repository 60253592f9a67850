"""The member organizations of the network."""
