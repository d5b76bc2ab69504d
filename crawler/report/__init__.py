"""What runs did and what an archive holds, as pages that a person can look at: one file each, no network."""
