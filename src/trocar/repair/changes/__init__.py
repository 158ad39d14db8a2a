"""What may be changed on a claim, kind by kind: each names the rules whose findings it clears."""
