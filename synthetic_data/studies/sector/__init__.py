"""What is shown of a made sector: its page, which the user's house lays out."""
