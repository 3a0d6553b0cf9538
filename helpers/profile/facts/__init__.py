"""Integer-coded facts by child: the input of the rules."""
