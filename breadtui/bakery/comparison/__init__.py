"""Two prompts, targets or bakes beside each other: what is asked for, what differs, and how that is told in words."""
