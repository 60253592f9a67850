"""The people of member organizations, as their managers keep them."""
