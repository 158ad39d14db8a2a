"""The main job: claims in, priced lines and findings out."""
