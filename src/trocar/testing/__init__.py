"""The example runner for rules, shipped for plug-in authors."""
