"""What commands have in common: options, output and progress."""
