"""What the programme puts on people's desks."""
