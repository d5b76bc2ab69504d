"""The texts of the demo newspapers, one JSON file an outlet, written for this project."""
