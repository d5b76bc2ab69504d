"""The templates of the pages (Jinja2, always with autoescape)."""
