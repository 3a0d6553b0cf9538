"""What each step of exchange buys a child: a plan of districts, run headless, kept, put together."""
