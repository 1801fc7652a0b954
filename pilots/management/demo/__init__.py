"""The demonstration: invented content on the themes the programme works on, replayed through the real actions."""
