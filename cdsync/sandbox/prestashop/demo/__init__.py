"""What the demo shop holds, as the recordings found it. Data and its filling-in only."""
