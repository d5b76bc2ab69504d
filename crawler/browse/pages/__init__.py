"""The pages: one module each, with a function that makes the response from a View."""
